// Generated from api/openapi.yaml by npm run generate. Do not edit.

export interface paths {
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log of sensitive actions, newest first. */
        get: operations["list-audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The company's bots. */
        get: operations["list-bots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A bot with its live flow. */
        get: operations["get-bot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The company's numbers, pages and bots. */
        get: operations["list-channels"];
        put?: never;
        /** Connect a number or a bot. Test it by probe, then subscribe. */
        post: operations["create-channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One channel and its health. */
        get: operations["get-channel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change, disable or start again. Credentials that are absent stay as they are. */
        patch: operations["change-channel"];
        trace?: never;
    };
    "/channels/{channel}/exchanges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the platform said and was told, redacted, newest first. */
        get: operations["list-exchanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/{channel}/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Test the connection with the platform. */
        post: operations["probe-channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/{channel}/subscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register our webhook with the platform. */
        post: operations["subscribe-channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/companies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All companies, oldest first. */
        get: operations["list-companies"];
        put?: never;
        /** Make a company, with an invitation for its first admin. Reason: slug_taken. */
        post: operations["create-company"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/companies/{company}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Suspend a company or let it work again. */
        patch: operations["set-company-state"];
        trace?: never;
    };
    "/company": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The company looked at. */
        get: operations["get-company"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the company's settings. */
        patch: operations["change-company"];
        trace?: never;
    };
    "/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Customers, newest first, or those whose name, username or number holds q. */
        get: operations["list-contacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One customer. */
        get: operations["get-contact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Rename a customer or set fields; an empty value removes one. */
        patch: operations["change-contact"];
        trace?: never;
    };
    "/contacts/{contact}/block": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take no more work from a customer, or again. */
        post: operations["block-contact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What consumers could not work on, newest first. */
        get: operations["list-dead-letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/{letter}/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forget a letter. */
        post: operations["drop-dead-letter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/{letter}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a letter back to its consumer. */
        post: operations["replay-dead-letter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/demo/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in as the sample company's people; not found unless this is the demo. */
        post: operations["open-demo-session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Live updates as server-sent events (text/event-stream): hello, the types of internal/event, resync, bye. */
        get: operations["stream-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitation/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Join the company and sign in. Who has an account gives its password. Reasons: weak_password, bad_credentials. */
        post: operations["accept-invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitation/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the holder of a link sees. */
        post: operations["open-invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest invitations, newest first. */
        get: operations["list-invitations"];
        put?: never;
        /** Invite somebody; the link is shown once. Reason: already_member. */
        post: operations["create-invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/{invitation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Close an open invitation. */
        delete: operations["revoke-invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's own account. A new password ends all other sessions. Reasons: wrong_password, weak_password. */
        patch: operations["change-me"];
        trace?: never;
    };
    "/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The company's people, by name. */
        get: operations["list-members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/members/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take somebody out of the company, at once. Reason: last_admin. */
        delete: operations["remove-member"];
        options?: never;
        head?: never;
        /** Change a role, at once. Reason: last_admin. */
        patch: operations["set-member-role"];
        trace?: never;
    };
    "/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pieces of webhooks that could not be routed or read and wait, newest first. */
        get: operations["list-quarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quarantine/{entry}/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set a piece aside. */
        post: operations["drop-quarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quarantine/{entry}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a piece again. */
        post: operations["replay-quarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: operations["get-session"];
        put?: never;
        /** Sign in. Reasons: bad_credentials (401), too_many_attempts (429, with Retry-After). */
        post: operations["sign-in"];
        /** Sign out. */
        delete: operations["sign-out"];
        options?: never;
        head?: never;
        /** Look at another company of one's own. */
        patch: operations["switch-company"];
        trace?: never;
    };
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where one is signed in. */
        get: operations["list-sessions"];
        put?: never;
        post?: never;
        /** Sign out in all browsers, this one too. */
        delete: operations["sign-out-everywhere"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a browser asks first: first run, demo, version. */
        get: operations["get-setup"];
        put?: never;
        /** First run: the first company, its admin and operator, by the token that the server printed. Reasons: setup_done, bad_token, weak_password. */
        post: operations["set-up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptInvitationInputBody: {
            /** @enum {string} */
            locale?: "pt-BR" | "en";
            /** @description For a new account. */
            name?: string;
            password: string;
            token: string;
        };
        Address: {
            account_id?: string;
            /** Format: int64 */
            created_ms: number;
            kind: string;
            reachable: boolean;
            value: string;
        };
        AuditEntry: {
            action: string;
            actor_id: string;
            actor_kind: string;
            actor_name: string;
            /** Format: int64 */
            at_ms: number;
            facts: {
                [key: string]: string;
            };
            id: string;
            ip: string;
            target: string;
        };
        BlockContactInputBody: {
            blocked: boolean;
        };
        Bot: {
            /** Format: int64 */
            created_ms: number;
            id: string;
            /** @description Absent until something is published. */
            live_version_id?: string;
            name: string;
            /** @enum {string} */
            state: "active" | "archived";
            /**
             * Format: int64
             * @description Counts changes of this row, not of the flow.
             */
            version: number;
        };
        BotOutputBody: {
            /** Format: int64 */
            created_ms: number;
            /** @description The live flow (api/flow.schema.json); absent for none. */
            definition?: unknown;
            id: string;
            /**
             * Format: int64
             * @description Number of the live version, 0 for none.
             */
            live_number: number;
            /** @description Absent until something is published. */
            live_version_id?: string;
            name: string;
            /** @enum {string} */
            state: "active" | "archived";
            /**
             * Format: int64
             * @description Counts changes of this row, not of the flow.
             */
            version: number;
        };
        ChangeChannelInputBody: {
            /** @description Empty for none. */
            bot_id?: string;
            credentials?: {
                [key: string]: string;
            };
            display?: string;
            name?: string;
            settings?: {
                [key: string]: string;
            };
            /** @enum {string} */
            state?: "active" | "disabled";
            /** Format: int64 */
            version?: number;
        };
        ChangeCompanyInputBody: {
            /** @enum {string} */
            locale?: "pt-BR" | "en";
            name?: string;
            timezone?: string;
        };
        ChangeContactInputBody: {
            fields?: {
                [key: string]: string;
            };
            name?: string;
            /**
             * Format: int64
             * @description The version that was seen; a later one is a conflict.
             */
            version?: number;
        };
        ChangeMeInputBody: {
            current_password?: string;
            /** @enum {string} */
            locale?: "pt-BR" | "en";
            name?: string;
            new_password?: string;
        };
        ChannelListBody: {
            items: components["schemas"]["ChannelView"][];
        };
        ChannelView: {
            bot_id?: string;
            channel: string;
            /** Format: int64 */
            created_ms: number;
            /** @description Names of the secrets that are set; never their values. */
            credentials: string[];
            display: string;
            external_id: string;
            id: string;
            /** Format: int64 */
            last_sent_ms: number;
            /** Format: int64 */
            last_webhook_ms: number;
            name: string;
            settings: {
                [key: string]: string;
            };
            /** @enum {string} */
            state: "active" | "stopped" | "disabled";
            stopped_why?: string;
            /** @description What the platform's page asks for (WhatsApp); for those who manage channels. */
            verify_token?: string;
            /** Format: int64 */
            version: number;
            /** @description What the platform must call; for those who manage channels. */
            webhook_url?: string;
        };
        Company: {
            /** Format: int64 */
            created_ms: number;
            id: string;
            /** @enum {string} */
            line: "massivo" | "enterprise";
            /** @enum {string} */
            locale: "pt-BR" | "en";
            name: string;
            slug: string;
            /** @enum {string} */
            state: "active" | "suspended";
            /** @description IANA name. */
            timezone: string;
            /** Format: int64 */
            version: number;
        };
        CompanyStateInputBody: {
            /** @enum {string} */
            state: "active" | "suspended";
        };
        Contact: {
            addresses: components["schemas"]["Address"][];
            /** @description The company does not want to hear from them: they create no work. */
            blocked: boolean;
            /** Format: int64 */
            created_ms: number;
            fields: {
                [key: string]: string;
            };
            id: string;
            /** @description BCP 47, as the platform gives it. */
            language?: string;
            /** @description What attendants call them. */
            name: string;
            /** @description The platform's profile name as last seen. */
            profile?: string;
            /** Format: int64 */
            updated_ms: number;
            username?: string;
            /** Format: int64 */
            version: number;
        };
        CreateChannelInputBody: {
            bot_id?: string;
            /** @enum {string} */
            channel: "whatsapp" | "telegram";
            /** @description WhatsApp: token, app_secret. Telegram: token. */
            credentials: {
                [key: string]: string;
            };
            display?: string;
            /** @description WhatsApp: phone_number_id. Telegram: read from the token. */
            external_id?: string;
            name: string;
            settings?: {
                [key: string]: string;
            };
        };
        CreateCompanyInputBody: {
            /** @description Invites the first admin. */
            admin_email?: string;
            /** @enum {string} */
            line?: "massivo" | "enterprise";
            /** @enum {string} */
            locale?: "pt-BR" | "en";
            name: string;
            /** @description Made of the name when absent. */
            slug?: string;
            timezone?: string;
        };
        CreatedCompanyBody: {
            company: components["schemas"]["Company"];
            invitation?: components["schemas"]["Invitation"];
            /** @description The invitation's link, shown once. */
            link?: string;
        };
        CreatedInvitationBody: {
            invitation: components["schemas"]["Invitation"];
            link: string;
        };
        CreateInvitationInputBody: {
            email: string;
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin";
        };
        DemoInputBody: {
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin";
        };
        ExchangeView: {
            /** Format: int64 */
            at_ms: number;
            delivery_id?: string;
            id: string;
            method: string;
            outgoing: boolean;
            path: string;
            problem?: string;
            request: string;
            response: string;
            /** Format: int64 */
            status: number;
            /** Format: int64 */
            took_ms: number;
        };
        Features: {
            demo: boolean;
        };
        FieldFlaw: {
            field: string;
            message: string;
        };
        Invitation: {
            /** Format: int64 */
            accepted_ms: number;
            /** Format: int64 */
            created_ms: number;
            email: string;
            /** Format: int64 */
            expires_ms: number;
            id: string;
            /** @description Id of the user who made it. */
            invited_by: string;
            /** Format: int64 */
            revoked_ms: number;
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin";
            /** @enum {string} */
            state: "open" | "accepted" | "revoked" | "expired";
        };
        InvitationListBody: {
            items: components["schemas"]["Invitation"][];
        };
        Letter: {
            /** Format: int64 */
            at_ms: number;
            /** @description As text, or base64 when it is none. */
            body: string;
            consumer: string;
            id: string;
            reason: string;
        };
        ListAuditEntry: {
            items: components["schemas"]["AuditEntry"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListBot: {
            items: components["schemas"]["Bot"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListCompany: {
            items: components["schemas"]["Company"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListContact: {
            items: components["schemas"]["Contact"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListExchangeView: {
            items: components["schemas"]["ExchangeView"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListLetter: {
            items: components["schemas"]["Letter"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListQuarantined: {
            items: components["schemas"]["Quarantined"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        Me: {
            companies: components["schemas"]["Membership"][];
            /** @description The company looked at; null for none. */
            company: components["schemas"]["Company"];
            features: components["schemas"]["Features"];
            /** @description What may be done here and now: hide the rest. */
            permissions: string[];
            /**
             * @description In that company; empty for none.
             * @enum {string}
             */
            role: "attendant" | "supervisor" | "admin" | "";
            session_id: string;
            user: components["schemas"]["User"];
        };
        Member: {
            /** Format: int64 */
            created_ms: number;
            email: string;
            name: string;
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin";
            /** @enum {string} */
            state: "active" | "removed";
            user_id: string;
            /** Format: int64 */
            version: number;
        };
        MemberListBody: {
            items: components["schemas"]["Member"][];
        };
        MemberRoleInputBody: {
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin";
        };
        Membership: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin";
            slug: string;
            /** @enum {string} */
            state: "active" | "suspended";
        };
        OpenedInvitationBody: {
            company_name: string;
            email: string;
            /** Format: int64 */
            expires_ms: number;
            /** @description Ask for the account's password instead of a new one. */
            has_account: boolean;
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin";
        };
        OpenInvitationInputBody: {
            token: string;
        };
        ProbeOutputBody: {
            display?: string;
            external_id?: string;
            facts: {
                [key: string]: string;
            };
            name?: string;
            ok: boolean;
            /** @description The platform's words. */
            problem?: string;
        };
        Problem: {
            /** @enum {string} */
            code: "invalid" | "unauthorized" | "forbidden" | "not_found" | "conflict" | "refused" | "too_large" | "rate_limited" | "unavailable" | "internal";
            /** @description A sentence for a developer, in English. Show people a text by code and reason. */
            detail?: string;
            /** @description All flaws of an invalid input. */
            errors?: components["schemas"]["FieldFlaw"][];
            /** @description The input that it is about. */
            field?: string;
            /** @description A word inside the code, such as window_closed. */
            reason?: string;
            request_id?: string;
            /** Format: int64 */
            status: number;
            /** @description The status in words. */
            title: string;
            /** @description Always about:blank: the code says it all. */
            type: string;
        };
        Quarantined: {
            account_id?: string;
            /** @description The piece as it came, in base64. */
            body: string;
            channel: string;
            id: string;
            reason: string;
            /** Format: int64 */
            received_ms: number;
            /** @enum {string} */
            state: "waiting" | "replayed" | "dropped";
            tenant_id?: string;
        };
        SessionListBody: {
            items: components["schemas"]["SessionView"][];
        };
        SessionView: {
            agent: string;
            /** Format: int64 */
            created_ms: number;
            /** @description The session that asks. */
            current: boolean;
            /** Format: int64 */
            expires_ms: number;
            id: string;
            ip: string;
            /** Format: int64 */
            seen_ms: number;
        };
        SetUpInputBody: {
            company_name: string;
            email: string;
            /** @enum {string} */
            locale?: "pt-BR" | "en";
            name: string;
            password: string;
            timezone?: string;
            token: string;
        };
        SetupStateBody: {
            /** @description Sign-in without a password is offered. */
            demo: boolean;
            /** @description The platform has no user yet: show the set-up page. */
            needed: boolean;
            /** @description Browsers reach us by https. */
            secure: boolean;
            version: string;
        };
        SignInInputBody: {
            email: string;
            password: string;
        };
        SubscribeOutputBody: {
            ok: boolean;
            /** @description The platform's words. */
            problem?: string;
            webhook_url: string;
        };
        SwitchInputBody: {
            company_id: string;
        };
        User: {
            email: string;
            id: string;
            /** @enum {string} */
            locale: "pt-BR" | "en";
            name: string;
            /** @description The platform's staff. */
            operator: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "list-audit": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAuditEntry"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-bots": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListBot"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotOutputBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelListBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-channel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateChannelInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelView"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-channel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelView"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "change-channel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeChannelInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelView"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-exchanges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListExchangeView"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "probe-channel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeOutputBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "subscribe-channel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscribeOutputBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-companies": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListCompany"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-company": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCompanyInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedCompanyBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "set-company-state": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                company: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompanyStateInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Company"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-company": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Company"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "change-company": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeCompanyInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Company"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-contacts": {
        parameters: {
            query?: {
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListContact"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-contact": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "change-contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeContactInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "block-contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BlockContactInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-dead-letters": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListLetter"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "drop-dead-letter": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                letter: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "replay-dead-letter": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                letter: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "open-demo-session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DemoInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "stream-events": {
        parameters: {
            query?: {
                /** @description The same, for the first connection of a page. */
                last?: string;
            };
            header?: {
                /** @description Id of the last event that was seen. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "accept-invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "open-invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenInvitationInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedInvitationBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationListBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInvitationInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvitationBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "revoke-invitation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "change-me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMeInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberListBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "remove-member": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "set-member-role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberRoleInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-quarantine": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListQuarantined"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "drop-quarantined": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                entry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "replay-quarantined": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                entry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "switch-company": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SwitchInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionListBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sign-out-everywhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupStateBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "set-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUpInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
