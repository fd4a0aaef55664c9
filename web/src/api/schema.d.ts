// Generated from api/openapi.yaml by npm run generate. Do not edit.

export interface paths {
    "/abilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What may be sent and done on each channel. */
        get: operations["list-abilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that the company has here, as a ZIP of JSON lines with a manifest; also for a company that is suspended or has ended. */
        get: operations["get-archive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
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
    "/billing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The company's plan: what it costs, what is owed, what can be taken instead. */
        get: operations["get-billing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the subscription with its paid period. Reasons: plan_ending, no_running_subscription, change_underway. */
        post: operations["cancel-plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the plan as the preview said, which the token names. Reasons: preview_stale, change_underway, plan_too_small, and those of the preview. */
        post: operations["change-plan"];
        /** Take a planned change back. Reason: change_underway, from a day before it takes effect. */
        delete: operations["drop-plan-change"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open the page on which a trial is paid for, or an ended subscription is taken up again. Reasons: subscribed, too_late, payer_missing, no_vendor, interval_not_offered, vendor_refused. */
        post: operations["start-plan-checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/invoices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The company's invoices, newest first. */
        get: operations["list-invoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/invoices.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All invoices with what a fiscal document needs, oldest first, for a spreadsheet. */
        get: operations["export-invoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/method-page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The vendor's page on which the way to pay is changed. Reason: no_method_page. */
        get: operations["get-method-page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/pay-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the oldest missing payment is made. Reason: nothing_due. */
        get: operations["get-pay-url"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/payer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Whom the invoices that come are made out to. */
        put: operations["set-payer"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What another plan or interval would cost now. Reasons: no_change, plan_overdue, plan_ending, interval_not_offered, no_running_subscription, vendor_refused. */
        post: operations["preview-plan-change"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/billing/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a cancellation back. Reasons: not_ending, no_running_subscription, change_underway. */
        post: operations["resume-plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bot-secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names of the company's secrets for web calls. A value is never shown again. */
        get: operations["list-bot-secrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bot-secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep a secret, or give it another value. */
        put: operations["put-bot-secret"];
        post?: never;
        /** Forget a secret; web calls that use it fail from then on. */
        delete: operations["delete-bot-secret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bot-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ready flows to begin with. */
        get: operations["list-bot-templates"];
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
        /** Make a bot: from nothing, from a template, or from an exported flow. Reason: template_unknown. */
        post: operations["create-bot"];
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
        /** Rename, archive or bring back. An archived bot answers on no channel. */
        patch: operations["change-bot"];
        trace?: never;
    };
    "/bots/{bot}/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it answer first on a channel. Reason: not_published. */
        post: operations["bind-bot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Leave a channel to people. */
        delete: operations["unbind-bot"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many came to each node of a version, and which way they left. */
        get: operations["get-bot-counts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What differs between two versions, or the draft, by meaning. */
        get: operations["compare-bot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The flow that is being written, with its layout and its tests. */
        get: operations["get-bot-draft"];
        /** Keep the draft. Reason: draft_changed, with revision, author_id, author_name and updated_ms as facts, when somebody else has saved since. */
        put: operations["save-bot-draft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/explore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let generated customers talk to the flow and look for broken rules. */
        post: operations["explore-bot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The draft as a file, to be kept or imported. */
        get: operations["export-bot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whom publishing the draft would meet. */
        get: operations["get-bot-impact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the draft the live version. Reasons: not_proved (errors: node and sentence), tests_failed (errors: test and sentence), draft_changed. */
        post: operations["publish-bot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/roll-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make an older version live again, as a new number; the draft becomes its content too. Reasons: not_proved, draft_changed. */
        post: operations["roll-back-bot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Conversations with the bot, the last active first. */
        get: operations["list-bot-sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/sessions/{session}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A conversation with the bot run again, step by step; for who may see the conversation. */
        get: operations["replay-bot-session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** One turn of a conversation with a flow. Nothing is kept, sent or called. */
        post: operations["simulate-bot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/tests/record": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a test of a simulated conversation. It is not kept: put it into the draft. */
        post: operations["record-bot-test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/tests/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run the flow's tests. */
        post: operations["run-bot-tests"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was published, newest first. */
        get: operations["list-bot-versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/{bot}/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version with its flow, layout and tests. */
        get: operations["get-bot-version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bots/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What publishing this flow would say, and its graph. Nothing is kept. */
        post: operations["check-flow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channel-guides/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is copied where to connect a platform. */
        get: operations["get-channel-guide"];
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
    "/channels/{channel}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check the token, the permissions and the subscription with the platform now. */
        post: operations["check-channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/{channel}/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove an account at its platform and make it active: a finished draft, or one that was stopped or switched off. */
        post: operations["connect-channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/{channel}/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switch a channel off and take its webhook back. What was said stays. A draft is removed. */
        post: operations["disconnect-channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
    "/channels/{channel}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is known of the connection: alarms, pauses, queue, the last week by hours, the platform's words. */
        get: operations["get-channel-health"];
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
    "/channels/{channel}/test-message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a text to one's own phone, past the queue. */
        post: operations["test-channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/{channel}/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Replace the token, or the app's secret, once the platform has accepted it. The old secret is accepted for a day. */
        put: operations["rotate-channel-token"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All categories and lists. */
        get: operations["list-collections"];
        put?: never;
        /** A new category or list. Conflict: name_taken. */
        post: operations["create-collection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Rename or move a category or list. */
        put: operations["change-collection"];
        post?: never;
        /** Remove it; its products stay. Reason: not_empty. */
        delete: operations["delete-collection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection}/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Put products on a list, in this order and no others. */
        put: operations["set-collection-items"];
        post?: never;
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
    "/company/factor-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whom of its people the company asks for a second factor. */
        get: operations["get-factor-policy"];
        /** Change whom the company asks for a second factor. Who has none sets it up with the next call. */
        put: operations["set-factor-policy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/consent-rule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether marketing asks for a yes first. */
        get: operations["get-consent-rule"];
        /** Decide whether marketing asks for a yes first. */
        put: operations["set-consent-rule"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger of all customers, newest first. */
        get: operations["list-consents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
    "/contacts/{contact}/cart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A customer's open cart, priced now; of version 0 when there is none. */
        get: operations["get-cart"];
        put?: never;
        post?: never;
        /** Empty the cart. */
        delete: operations["clear-cart"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/cart/coupon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Put a coupon on the cart; an empty code takes it off. The reason says why one does not count. */
        put: operations["set-cart-coupon"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/cart/delivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Where the cart goes, and a note. Reason: no_delivery. */
        put: operations["set-cart-delivery"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/cart/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what to the open cart, newest first. */
        get: operations["list-cart-entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/cart/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add pieces of a variant (add), or set how many there are (set). Reason: out_of_stock. */
        post: operations["change-cart-line"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/cart/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pour the open cart of another customer into this one. */
        post: operations["merge-carts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a customer allowed and forbade to be sent, with the ledger behind it. */
        get: operations["get-consents"];
        put?: never;
        /** Write down what a customer said elsewhere; a yes needs its proof. */
        post: operations["write-consent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A customer's conversations that one may see, newest first. */
        get: operations["list-contact-conversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/duplicates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Customers who may be the same person. */
        get: operations["list-duplicates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that two contacts are one person: addresses, conversations, carts, orders and consents of the other come to this one. */
        post: operations["merge-contacts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/merges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which contacts were joined into this one, newest first. */
        get: operations["list-merges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{contact}/merges/{merge}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Undo a merge: what came by it goes back. */
        post: operations["part-contacts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A view's conversations that one may see, the last active first. */
        get: operations["list-conversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One conversation. */
        get: operations["get-conversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give it to somebody, or back to the queue. Giving it to somebody else needs inbox.assign. Reason: not_owner. */
        post: operations["assign-conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What one has begun to write, empty for nothing. */
        get: operations["get-draft"];
        /** Keep what one has begun to write; an empty text removes it. */
        put: operations["save-draft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/hand-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give it to a bot, which answers from the customer's next message on. Reason: no_bot. */
        post: operations["hand-back-conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A part of the thread, oldest first: before a number, after one, or the newest. */
        get: operations["list-messages"];
        put?: never;
        /** Write to the customer. The same Idempotency-Key gives the same message. Reasons: not_owner, resolved, window_closed, contact_blocked, opted_out, and what the channel can't carry. */
        post: operations["post-message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A private note, seen by the company's people only. */
        post: operations["post-note"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show goods, a collection or the catalog to the customer, in the channel's own form. The same Idempotency-Key gives the same message. Reasons: not_shown, and those of a message. */
        post: operations["show-products"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move one's own cursor of what was read. Peeking is not calling this. */
        post: operations["mark-conversation-read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring an ended one back, as one's own. A conflict when the customer has a newer one. */
        post: operations["reopen-conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End it. Reason: not_owner. */
        post: operations["resolve-conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put it aside until a time, or until the customer writes when that is 0. */
        post: operations["snooze-conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/start-bot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give it to a bot, which speaks at once. */
        post: operations["start-bot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Become its owner. Reason: not_owner. */
        post: operations["take-conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation}/typing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell that one writes: repeat it each 10 s, it ends after 15 s. */
        post: operations["show-typing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What stands beside the views. */
        get: operations["count-conversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coupons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Coupons, newest first. */
        get: operations["list-coupons"];
        put?: never;
        /** A new coupon. Conflict: code_taken. */
        post: operations["create-coupon"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coupons/{coupon}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change a coupon; orders keep its terms of their day. */
        put: operations["change-coupon"];
        post?: never;
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
    "/delivery/quotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ways in which something of a subtotal could go to a place, with their prices. */
        get: operations["quote-delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/delivery/zones": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ways in which goods reach customers, in their order. */
        get: operations["list-zones"];
        put?: never;
        /** A new way: pickup, a range of CEPs, neighbourhoods, or everywhere. */
        post: operations["create-zone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/delivery/zones/{zone}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change one; orders keep what they chose. */
        put: operations["change-zone"];
        post?: never;
        /** Remove one. */
        delete: operations["delete-zone"];
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
    "/factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own second factors. */
        get: operations["list-factors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/factors/{factor}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a factor; other sessions end. Reason: factor_required for the last one, where it is demanded. */
        delete: operations["remove-factor"];
        options?: never;
        head?: never;
        /** Name a factor anew. */
        patch: operations["rename-factor"];
        trace?: never;
    };
    "/factors/app": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to set up a code app: its secret, shown once. It counts from its first code on. */
        post: operations["add-app"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/factors/app/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the app's first code. Recovery codes come with the first factor, shown once; other sessions end. Reason: bad_code. */
        post: operations["confirm-app"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/factors/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register the passkey that the browser made. Reasons: bad_passkey, challenge_over, passkey_known. */
        post: operations["confirm-passkey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/factors/passkeys/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to register a passkey. Reasons: passkeys_off, too_many_passkeys. */
        post: operations["add-passkey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/factors/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the recovery codes, shown once. */
        post: operations["renew-recovery-codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/goods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What stands behind the ids that a channel's messages name: variants, or their SKUs. Unknown ones are left out. */
        get: operations["list-goods"];
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
        /** Join the company and sign in. Who has an account gives its password, and then its second factor (202). Reasons: weak_password, bad_credentials. */
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
    "/invitations/{invitation}/letter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mail an open invitation once more. Reason: letter_done when the mail is on its way, has arrived or is out of date. */
        post: operations["resend-invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The WhatsApp accounts of the company, with the catalog that each shows. */
        get: operations["list-catalog-accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Have the account show a catalog, or a new one, and begin to send the products. */
        put: operations["connect-catalog"];
        post?: never;
        /** Forget the catalog of an account. At Meta it stays as it is. */
        delete: operations["disconnect-catalog"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/accounts/{account}/catalogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Catalogs at Meta that the account could show. */
        get: operations["list-offered-catalogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/accounts/{account}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** What customers of the number see: the cart, and the way into the catalog. */
        put: operations["save-catalog-settings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/accounts/{account}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask Meta whether the connection works. */
        post: operations["test-catalog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/catalogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The company's catalogs at Meta: how many items customers see, what waits, what is wrong. */
        get: operations["list-catalogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/catalogs/{catalog}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a product of an item that only Meta knows. */
        post: operations["import-catalog-item"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/catalogs/{catalog}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Items of a catalog: whether customers see them and, if not, why. */
        get: operations["list-catalog-items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/catalogs/{catalog}/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send items now: the named ones, or all that have a problem, behind a comparison of everything. */
        post: operations["push-catalog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/listing/catalogs/{catalog}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask Meta about one item now. */
        post: operations["refresh-catalog-item"];
        delete?: never;
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
    "/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A file to be sent, in the form field file; with poster, a picture of a film's first moment. The kind is read from its bytes. */
        post: operations["upload-media"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media/{message}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file of a message, whole or in ranges. What a browser could run is given as a download only. Reasons: media_pending, media_failed. */
        get: operations["get-media"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media/{message}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fetch a customer's file again that was given up on. Reason: nothing_to_fetch. */
        post: operations["retry-media"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media/{message}/thumb": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A small JPEG of a message's picture, or of its film's first moment, where there is one. */
        get: operations["get-media-thumb"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each channel takes of each kind of file. */
        get: operations["list-media-limits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
    "/members/{user}/factors/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove the factors of a member who lost them. They get a letter that leads to a new password, and set up a new factor. Reason: operator_decides. */
        post: operations["reset-member-factors"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/members/{user}/sessions/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the sessions in which a member looks at the company. */
        post: operations["end-member-sessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{message}/edit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give one's own message other words, where the channel can. Reasons: not_yours, not_text, too_long, not_there, edit. */
        post: operations["edit-message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{message}/react": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** React as the company, or take that back with no emoji. The answer is a message of its own; the other one changes when the platform has it. Reasons: not_there, not_owner, window_closed. */
        post: operations["react-to-message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{message}/send-again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new attempt after failed or unknown. Reasons: nothing_to_repeat, window_closed. */
        post: operations["send-message-again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{message}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take one's own message back, where the channel can. Reasons: not_yours, too_old, not_there, revoke. */
        post: operations["withdraw-message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log of sensitive actions in all companies and on the platform, newest first. */
        get: operations["search-audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Companies by name, tax id, state and plan, oldest first. */
        get: operations["search-companies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What operators see of a company: facts, plan, live use, grants; nothing of its customers. */
        get: operations["inspect-company"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grant a company more than its plan does, for a time. */
        post: operations["grant-quota"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/grants/{grant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a grant back. */
        delete: operations["end-quota"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/invoices.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A company's invoices with what a fiscal document needs. */
        get: operations["export-company-invoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/invoices/{invoice}/nfse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Note the number of an invoice's fiscal document. */
        put: operations["set-invoice-nfse"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/invoices/{invoice}/paid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Note that an invoice of an offline contract was paid. Reasons: not_manual, not_payable, step_up_required. */
        post: operations["record-invoice-paid"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask that money of an invoice goes back; another operator approves it. Reasons: nothing_to_refund, step_up_required. */
        post: operations["request-refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/refund/{refund}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve a refund that another operator asked for, or refuse it. Reasons: second_person, refund_decided, vendor_refused, step_up_required. */
        post: operations["decide-refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a company into another state; its admins are told. Reason: state_way when there is no way from here to there. */
        post: operations["set-company-state"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/subscription": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A company's plan with all that was asked of vendors for it. */
        get: operations["get-company-subscription"];
        put?: never;
        /** Begin the subscription of a contract that was signed offline. Reasons: subscribed, step_up_required. */
        post: operations["open-contract"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/support": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask to look into a company for an hour, read-only. Another operator approves it, where there is one; the company is told. Reason: support_pending. */
        post: operations["ask-support"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/companies/{company}/trial": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a trial a later end. Reason: trial_at_vendor. */
        post: operations["extend-trial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/cost-reader-invitations/{invitation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Close an open invitation to read costs. */
        delete: operations["revoke-cost-reader"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/cost-readers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who reads costs and is no operator, and the latest invitations to do so. */
        get: operations["list-cost-readers"];
        put?: never;
        /** Invite somebody to read costs, and nothing else; the link is shown once. They need a second factor. Reasons: already_member, step_up_required. */
        post: operations["invite-cost-reader"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/cost-readers/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take the power to read costs away; the person's sessions end. */
        delete: operations["remove-cost-reader"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The map of accounts to product line and environment. */
        get: operations["list-cost-accounts"];
        /** Say to which product line and environment an account belongs, and when; an entry with an id is changed. */
        put: operations["save-cost-account"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/accounts/{entry}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an entry out of the map of accounts. */
        delete: operations["remove-cost-account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The budgets of a month, and how it goes against them. */
        get: operations["list-cost-budgets"];
        /** Set what may be spent from a month on; all of the list or nothing. */
        put: operations["set-cost-budgets"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/companies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each company cost in a month and brought, with what is nobody's: both sum to the bill. */
        get: operations["list-cost-companies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each day cost; charges of several days are spread over them. */
        get: operations["list-cost-days"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/fees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What channels charge for a billed part. */
        get: operations["list-cost-fees"];
        /** Type in or import what channels charge; all of the list or nothing. */
        put: operations["set-cost-fees"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/fees/{fee}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a wrong fee out. */
        delete: operations["delete-cost-fee"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/focus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A month of the ledger as FOCUS 1.3, CSV: what companies share is split, and the parts of a charge sum to it. */
        get: operations["export-cost-focus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the rest of the running month will cost, with a band and the days that were unlike the others. The months of the filter are not looked at. */
        get: operations["get-cost-forecast"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/idle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was paid for and not used in a month (to). */
        get: operations["list-cost-idle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Readings of bills, the latest first. */
        get: operations["list-cost-imports"];
        put?: never;
        /** Look at the sources of bills, and at the meters, now; what is new or has changed is read. */
        post: operations["start-cost-import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/invoices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Type in what an invoice of a provider says, to hold the bill against it. */
        put: operations["save-cost-invoice"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/matrix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each product line and environment cost by month. */
        get: operations["get-cost-matrix"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/meters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files of meters that were read for a month, by deployment and day. */
        get: operations["list-cost-meters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the numbers of a month can be relied on. */
        get: operations["get-cost-quality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rates of exchange by day, the latest first. */
        get: operations["list-cost-rates"];
        /** Type in or import rates of exchange; all of the list or nothing. */
        put: operations["set-cost-rates"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The dearest resources. */
        get: operations["list-cost-resources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** By what the cost of a service is split; the first rule that fits counts. */
        get: operations["list-cost-rules"];
        /** Replace the rules of the split; an empty list brings the standard ones back. Shares of past months follow. */
        put: operations["set-cost-rules"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/savings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger of savings, each held against the bill; the latest first. */
        get: operations["list-cost-savings"];
        put?: never;
        /** Begin an entry in the ledger of savings. */
        post: operations["add-cost-saving"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/savings/{saving}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change an entry in the ledger of savings, or end it; the log keeps what it was. */
        put: operations["change-cost-saving"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each service cost in a month (to), beside the month before; dearest first. */
        get: operations["list-cost-services"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where bills come from, with what became of their files. */
        get: operations["list-cost-sources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/tables/{table}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A table as CSV with semicolons, as spreadsheets here take it; the query is that of the table's own list. */
        get: operations["export-cost-table"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/costs/units": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a conversation, a thousand messages and a company cost, by month and product line, in one currency. */
        get: operations["list-cost-units"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/crm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The CRM that contracts are written into: its connection and what things are called in it. */
        get: operations["get-crm"];
        /** Change what fields and stages are called in the CRM. Check the fields then. */
        put: operations["change-crm"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/crm/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connect the CRM, or connect it anew after its token was revoked. Reasons: crm_refused, crm_down, crm_throttled. */
        post: operations["connect-crm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/crm/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forget the CRM and its credentials. Contracts go on without it. */
        post: operations["disconnect-crm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/crm/fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compare the CRM's fields with what is written into them. Reasons: crm_off, crm_refused, crm_down, crm_throttled. */
        post: operations["check-crm-fields"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/crm/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the CRM whose it is. What it says against us is in the answer. Reason: crm_off. */
        post: operations["test-crm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deployments, who holds them, what runs and the month's hours. Reason: not_configured. */
        get: operations["list-environments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/environments/{environment}/leases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a lease: the next tick brings the environment up. Reasons: production, always_on, not_configured. */
        post: operations["take-environment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/environments/{environment}/leases/{lease}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a lease early. Reason: held, for somebody else's without force. */
        delete: operations["end-environment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/environments/{environment}/leases/{lease}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a lease more time, behind its end. */
        post: operations["extend-environment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/factor-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove the factors of anybody else who lost them, with a reason. Reason: own_factors. */
        post: operations["reset-factors"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/integrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The outside services that a purchase needs: whether each works, and what waits for it. */
        get: operations["list-integrations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/integrations/{integration}/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let one of those that wait for a service try now. Reason: circuit_closed. */
        post: operations["probe-integration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/journeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Companies on their way to us, newest first. */
        get: operations["list-journeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/journeys/{journey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A journey with its timeline, letters and log. */
        get: operations["inspect-journey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/journeys/{journey}/activation-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new link for a company's first admin, to be handed over by other ways; those that are out are void. Reasons: activated, not_ready, step_up_required. */
        post: operations["reissue-activation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/journeys/{journey}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a journey that made no company yet. Reasons: company_made, step_up_required. */
        post: operations["cancel-journey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/journeys/{journey}/steps/{step}/done": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Note that a step was done by hand. Reasons: step_state, step_up_required. */
        post: operations["finish-journey-step"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/journeys/{journey}/steps/{step}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a step now; with corrected data, if any is given. Reason: step_state. */
        post: operations["retry-journey-step"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/journeys/{journey}/steps/{step}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on without a step. Reasons: step_state, step_up_required. */
        post: operations["skip-journey-step"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mails to people, newest first: how far each is, never what it says. */
        get: operations["list-letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/letters/{letter}/mend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a mail once more and take its address off the lists of those that take no mail. Reason: letter_done. */
        post: operations["mend-letter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/mail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the sender of mails works. */
        get: operations["get-mail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/plan-versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Replace the content of a draft. Reasons: plan_published, revision when somebody else changed it meanwhile. */
        put: operations["edit-plan"];
        post?: never;
        /** Forget a draft. Reason: plan_published. */
        delete: operations["discard-plan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/plan-versions/{version}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A version as the page of prices would show it. */
        get: operations["preview-plan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/plan-versions/{version}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sell a draft from now on, in place of the version before, which is honoured for another 30 days. It never changes again. Reason: plan_published. */
        post: operations["publish-plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/plan-versions/{version}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sell a version no more; who has chosen it may buy it for another 30 days. */
        post: operations["withdraw-plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All plans with all versions, in the order of the page of prices. */
        get: operations["list-plan-editions"];
        put?: never;
        /** A new plan with its first draft. Reason: slug_taken. */
        post: operations["create-plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/plans/{plan}": {
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
        /** Move a plan on the page of prices, close or open it. */
        patch: operations["place-plan"];
        trace?: never;
    };
    "/operator/plans/{plan}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new draft out of a plan's newest version. Reason: draft_exists. */
        post: operations["draft-plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/plans/sample": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a sample page of prices of three plans on sale. Reason: plans_exist. */
        post: operations["make-sample-plans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/promotions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Coupons for plans, newest first. */
        get: operations["list-promotions"];
        put?: never;
        /** A new coupon. Reason: code_taken. */
        post: operations["create-promotion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/promotions/{promotion}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change a coupon; what was promised with it stands. */
        put: operations["change-promotion"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/support": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last looks of operators into companies, newest first. */
        get: operations["list-all-support"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/support/{support}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve what another operator asked for. Reason: own_support. */
        post: operations["approve-support"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/support/{support}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a look into a company. */
        post: operations["end-support"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/support/{support}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse what an operator asked for. */
        post: operations["refuse-support"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders, newest first, without their payments and log. */
        get: operations["list-orders"];
        put?: never;
        /** Order a customer's cart, or lines of one's own. The same Idempotency-Key gives the same order. Reasons: cart_empty, out_of_stock, price_moved, no_delivery, no_such_payment, and those of coupons. */
        post: operations["place-order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One order with its payments, refunds and log. */
        get: operations["get-order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order}/bill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send the bill of an order's open payment again, in its conversation. The same Idempotency-Key gives the same message. Reasons: nothing_to_pay, no_conversation, window_closed, contact_blocked. */
        post: operations["send-bill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End an order: stock and coupon are free again, what was paid is owed back. */
        post: operations["cancel-order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Bring lines to other quantities; 0 takes one out. Prices stay, what is lacking is asked for. Reasons: out_of_stock, not_for_sale, too_much. */
        put: operations["edit-order"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take an order a step on. A step that the state does not allow is a conflict. */
        post: operations["move-order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grant a refund of a part, and take pieces back. Reason: too_much. */
        post: operations["give-back"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mail a link to a new password. The answer is the same whether the e-mail is anybody's or not. Reasons: mail_off, too_many_attempts (429, with Retry-After). */
        post: operations["ask-password-reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-reset/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace a forgotten password by the link, once. Ends all sessions and signs nobody in. Reason: weak_password. */
        post: operations["reset-password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-reset/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whose password a link replaces. */
        post: operations["open-password-reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{payment}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that money came, as a receipt or the till shows. The same Idempotency-Key counts once. */
        post: operations["confirm-payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{payment}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the vendor of a payment now; others stay as they are. */
        post: operations["refresh-payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The company's accounts at vendors of payments. */
        get: operations["list-payment-accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/accounts/{vendor}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Connect or change the company's account at a vendor. Test it then. */
        put: operations["save-payment-account"];
        post?: never;
        /** Disconnect the account and forget its credentials. */
        delete: operations["delete-payment-account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/accounts/{vendor}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the vendor whether the credentials work. */
        post: operations["test-payment-account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ways in which customers may pay. */
        get: operations["list-payment-choices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/setting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the company wants to be paid. */
        get: operations["get-payment-setting"];
        /** Change how the company wants to be paid. */
        put: operations["save-payment-setting"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is sold and what it costs, for anybody. */
        get: operations["list-plans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Products, newest first, or those that hold all words of q, accents and plurals aside. */
        get: operations["list-products"];
        put?: never;
        /** A new product. Conflicts: handle_taken, sku_taken. */
        post: operations["create-product"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One product with its variants and their stock. */
        get: operations["get-product"];
        /** Change a product whole. Variants are met by id, else by SKU; those left out are archived; stock is not changed here. */
        put: operations["change-product"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show, hide or archive a product. */
        post: operations["set-product-state"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All products as CSV, which import-products reads again. */
        get: operations["export-products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A CSV file of products in the form field file: our headers, a feed of Meta's, or an export of Shopify. A dry run keeps nothing. */
        post: operations["import-products"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A JPEG or PNG for the catalog, in the form field file. Anybody may fetch it from then on. */
        post: operations["upload-product-picture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/public/images/{company}/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture of a catalog, at an address that never changes: Meta and customers fetch it. */
        get: operations["get-product-picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
    "/refunds/{refund}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that a refund was sent by hand. */
        post: operations["confirm-refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sales/setting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the company sells in conversations. */
        get: operations["get-sale-setting"];
        /** Change how the company sells in conversations. */
        put: operations["save-sale-setting"];
        post?: never;
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
        /** Sign in, or with a second factor begin to (202). Reasons: bad_credentials (401), too_many_attempts (429, with Retry-After). */
        post: operations["sign-in"];
        /** Sign out. */
        delete: operations["sign-out"];
        options?: never;
        head?: never;
        /** Look at another company of one's own. */
        patch: operations["switch-company"];
        trace?: never;
    };
    "/session/factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finish a sign-in by the second factor, in the browser that began. Reasons: bad_code, challenge_over (401), too_many_attempts (429). */
        post: operations["sign-in-second-step"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in by passkey alone. Reasons: bad_passkey, challenge_over (401). */
        post: operations["sign-in-by-passkey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/passkey/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a sign-in by passkey alone. Reason: passkeys_off. */
        post: operations["ask-passkey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove again who is signed in, for the operations marked x-fresh and ten minutes: by the second factor, or by the password of who has none. Reasons: bad_code, wrong_password, factor_needed, challenge_over (403), too_many_attempts (429). */
        post: operations["step-up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/step-up/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the browser's passkeys are asked to prove again who is signed in. */
        post: operations["ask-step-up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
    "/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of one's own sessions. */
        delete: operations["end-session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/end-others": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End all of one's own sessions but this one. */
        post: operations["end-other-sessions"];
        delete?: never;
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
    "/signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The purchase of this browser. Reason: no_journey. */
        get: operations["get-signup"];
        put?: never;
        /** Begin a purchase; a cookie keeps it for this browser. Reasons: signup_closed, plan_withdrawn, interval_not_offered, too_many_attempts. */
        post: operations["begin-signup"];
        delete?: never;
        options?: never;
        head?: never;
        /** Save what was typed, right or wrong: problems tells what is wrong with it. While the provider's page is open, this goes back to the form. Reason: journey_locked. */
        patch: operations["change-signup"];
        trace?: never;
    };
    "/signup/activation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The link of the first admin, for the browser that bought. Reasons: not_ready, activated. */
        post: operations["show-activation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/activation/letter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mail the link of the first admin once more. Reasons: not_ready, activated, mail_off, too_many_letters (429, with Retry-After). */
        post: operations["send-activation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open another page of the provider in place of one that was declined, expired or left. Reasons as of pay-signup. */
        post: operations["pay-signup-again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the purchase up, as long as nothing was paid. Reason: journey_locked. */
        post: operations["cancel-signup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin the payment: checkout.url is the provider's page, empty while it is being opened (look again). A trial without payment answers the state paid. Reasons: journey_incomplete (with the fields), company_exists, plan_withdrawn, interval_not_offered, method_unknown, coupon_unknown, coupon_expired, coupon_exhausted, coupon_not_for_plan. */
        post: operations["pay-signup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mail a code that proves the e-mail: 8 characters, 10 minutes, 5 tries. Reasons: email_missing, email_proven, mail_off, too_many_codes (429, with Retry-After). */
        post: operations["send-signup-code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/contract.pdf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The accepted terms with the company's data. Reasons: no_journey, terms_missing, terms_changed. */
        get: operations["get-contract"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a purchase in this browser by the link of a letter. Reason: no_journey. */
        post: operations["open-signup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the code that was mailed. Reasons: bad_code, code_expired, code_tries. */
        post: operations["prove-signup-email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mail the link to a purchase that was begun with an e-mail. The answer is the same whether there is one or not. Reason: too_many_attempts. */
        post: operations["resume-signup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Agree to the terms, as they were shown. Reason: terms_changed. */
        post: operations["accept-terms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/support": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who of the platform's staff looked into the company, newest first. */
        get: operations["list-support"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/support/{support}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End an operator's look into the company. */
        post: operations["end-company-support"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** WhatsApp's message templates of the company, by name. */
        get: operations["list-templates"];
        put?: never;
        /** Have WhatsApp review a new template. Errors name the field. Reasons: template_exists, template_name_kept, template_too_many, template_form, template_credentials, template_refused, no_waba. */
        post: operations["create-template"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{template}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A template with its history. */
        get: operations["get-template"];
        /** Replace the content of a template, which is reviewed again. Reasons: template_edits (an approved one: once in 24 hours, ten times in 30 days; not while under review), and those of a new one. */
        put: operations["edit-template"];
        post?: never;
        /** Delete a template at WhatsApp and here; the name of an approved one stays taken for 30 days. */
        delete: operations["delete-template"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{template}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The template as the customer would see it with these values. */
        post: operations["preview-template"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The WhatsApp accounts, with when the templates of each were read. */
        get: operations["list-template-accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the templates of an account at WhatsApp now. */
        post: operations["sync-templates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The terms of today. */
        get: operations["get-terms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What companies do, with the bots that each begins with. */
        get: operations["list-trades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the company uses of what its plan grants, live; docs/plans.md says what is counted. */
        get: operations["get-usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/variants/{variant}/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger of a variant, newest first. */
        get: operations["list-stock-movements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/variants/{variant}/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add pieces of a variant, or take some away that are not promised. Reason: out_of_stock. */
        post: operations["move-stock"];
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
        AbilitiesOutputBody: {
            items: components["schemas"]["Ability"][];
        };
        Ability: {
            /** @description Words under a file; 0: they follow as a message of their own. */
            caption: components["schemas"]["Room"];
            channel: string;
            edit: boolean;
            /** @description Reactions to offer first. */
            emojis: string[];
            /** @description What may be sent. */
            kinds: string[];
            /**
             * Format: int64
             * @description Buttons that open pages; a message with more says the rest as text.
             */
            links: number;
            quote: boolean;
            react: boolean;
            /** @description The platform tells what was read. */
            read: boolean;
            /** @description Templates may be sent when the window is closed. */
            templates: boolean;
            /** @description What fits into one message; a longer text leaves as several. */
            text: components["schemas"]["Room"];
            withdraw: boolean;
            /** Format: int64 */
            withdraw_ms: number;
        };
        AcceptInvitationInputBody: {
            /** @enum {string} */
            locale?: "pt-BR" | "en";
            /** @description For a new account. */
            name?: string;
            password: string;
            token: string;
        };
        AcceptTermsInputBody: {
            hash: string;
            version: string;
        };
        AccountBody: {
            /** @description As bills name it: SubAccountId. */
            account_id: string;
            /** @enum {string} */
            environment: "dev" | "homolog" | "prod" | "shared";
            /**
             * Format: int64
             * @description Days since 1970-01-01 UTC; 0: since ever.
             */
            from_day?: number;
            /** @description Of the entry to change; empty makes one. */
            id?: string;
            /** @enum {string} */
            line: "massivo" | "enterprise" | "shared";
            name?: string;
            /**
             * Format: int64
             * @description Not included; 0: open.
             */
            to_day?: number;
            /** Format: int64 */
            version?: number;
        };
        Act: {
            facts?: {
                [key: string]: string;
            };
            name?: string;
            what: string;
            who?: string;
        };
        ActivationLinkBody: {
            /** @description The page on which the first admin chooses a password. It opens a door: show it to this browser alone. */
            url: string;
        };
        Actor: {
            id?: string;
            kind: string;
            name?: string;
        };
        Address: {
            account_id?: string;
            /** Format: int64 */
            created_ms: number;
            kind: string;
            reachable: boolean;
            value: string;
        };
        Alarm: {
            facts: {
                [key: string]: string;
            };
            /** @enum {string} */
            grade: "warn" | "bad";
            kind: string;
            /** Format: int64 */
            raised_ms: number;
        };
        AllCatalogAccountViewBody: {
            items: components["schemas"]["CatalogAccountView"][];
        };
        AllChoiceBody: {
            items: components["schemas"]["PaymentChoice"][];
        };
        AllCollectionBody: {
            items: components["schemas"]["ProductCollection"][];
        };
        AllEditionBody: {
            items: components["schemas"]["PlanEdition"][];
        };
        AllEntryBody: {
            items: components["schemas"]["OrderEntry"][];
        };
        AllFoundBody: {
            items: components["schemas"]["ListingFound"][];
        };
        AllGoodsBody: {
            items: components["schemas"]["ProductGoods"][];
        };
        AllOverviewBody: {
            items: components["schemas"]["ListingOverview"][];
        };
        AllPaymentAccountViewBody: {
            items: components["schemas"]["PaymentAccountView"][];
        };
        AllPlaceBody: {
            items: components["schemas"]["TemplatePlace"][];
        };
        AllQuoteBody: {
            items: components["schemas"]["OrderQuote"][];
        };
        AllSupportBody: {
            items: components["schemas"]["Support"][];
        };
        AllTradeBody: {
            items: components["schemas"]["SignupTrade"][];
        };
        AllVersionBody: {
            items: components["schemas"]["PlanVersion"][];
        };
        AllZoneBody: {
            items: components["schemas"]["OrderZone"][];
        };
        AppSeedBody: {
            /** @description Base32, for typing. */
            key: string;
            qr: components["schemas"]["QrCode"];
            /** @description otpauth:// */
            uri: string;
        };
        AskResetInputBody: {
            email: string;
        };
        AskSupportInputBody: {
            reason: string;
        };
        AssignInputBody: {
            team?: string;
            /** @description Empty or absent: back to the queue. */
            user_id?: string;
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
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
        BeginSignupInputBody: {
            coupon?: string;
            /** @enum {string} */
            interval: "month" | "year";
            /** @enum {string} */
            locale: "pt-BR" | "en";
            version_id: string;
        };
        Bill: {
            boleto?: string;
            copy?: string;
            currency: string;
            /** Format: int64 */
            discount?: number;
            /** Format: int64 */
            expires_ms?: number;
            footer?: string;
            lines: components["schemas"]["BillLine"][];
            link?: string;
            native?: boolean;
            number: string;
            page?: string;
            pay?: string;
            pix?: components["schemas"]["PixCode"];
            qr?: components["schemas"]["Media"];
            reference: string;
            /** Format: int64 */
            shipping?: number;
            /** Format: int64 */
            subtotal: number;
            /** Format: int64 */
            tax?: number;
            /** Format: int64 */
            total: number;
            view?: string;
        };
        Billing: {
            /** @description Invoices that await money, the oldest first. */
            due: components["schemas"]["Invoice"][];
            /** @description The way to pay can be changed at the vendor. */
            method_page: boolean;
            /** @description The plans that can be taken now. */
            offers: components["schemas"]["PlanOffer"][];
            payer: components["schemas"]["Payer"];
            plan?: components["schemas"]["PlanOffer"];
            /**
             * Format: int64
             * @description Until when an ended subscription can be taken up again, 0 while it runs.
             */
            return_ms: number;
            /** @description What follows while a payment is missing, with its time. */
            steps: components["schemas"]["Step"][];
            /** @description Absent for a company without a plan. */
            subscription?: components["schemas"]["Subscription"];
            /** @description Who takes payments by a page. */
            vendors: string[];
            /** @description What is under way: a change, a page to pay on, a refund. */
            wishes: components["schemas"]["Wish"][];
        };
        BillLine: {
            name: string;
            /** Format: int64 */
            price: number;
            /** Format: int64 */
            quantity: number;
            retailer_id: string;
            /** Format: int64 */
            sale?: number;
        };
        Bills: {
            /**
             * Format: int64
             * @description Messages that the platform bills; one of ours may leave as several.
             */
            billable: number;
            /** @description The billed ones by the platform's category. */
            categories: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Messages that it counted and does not bill.
             */
            free: number;
        };
        BindBotInputBody: {
            account_id: string;
        };
        BlockContactInputBody: {
            blocked: boolean;
        };
        BotAccount: {
            channel: string;
            id: string;
            name: string;
        };
        BotAsked: {
            id: string;
            kind: string;
            node: string;
            request: unknown;
        };
        BotChange: {
            after: string;
            before: string;
            field: string;
            /** @description Empty for the flow itself. */
            node: string;
            /** @description For people, in the caller's language. */
            sentence: string;
            what: string;
        };
        BotCounts: {
            nodes: components["schemas"]["BotNodeCount"][];
            /**
             * Format: int64
             * @description When the version was published.
             */
            since_ms: number;
            /** Format: int64 */
            version: number;
        };
        BotDraft: {
            /** @description Who saved last, empty for the system. */
            author_id: string;
            author_name: string;
            /**
             * Format: int64
             * @description Number of the version that it was begun from, 0 for none.
             */
            based_on: number;
            bot_id: string;
            /** @description The flow (api/flow.schema.json). It may be unfinished. */
            definition: unknown;
            /** @description Publishing would change something. */
            differs: boolean;
            /** @description Where the nodes lie: {nodes: {name: {x, y}}, notes: [{x, y, text}]}. */
            layout: unknown;
            /**
             * Format: int64
             * @description Name it when saving: an older one is refused.
             */
            revision: number;
            /** @description The flow's own tests, an array. */
            tests: unknown;
            /** Format: int64 */
            updated_ms: number;
        };
        BotEvent: {
            bot_id: string;
            /**
             * Format: int64
             * @description Of the version that was published.
             */
            live_number?: number;
            name?: string;
            /**
             * Format: int64
             * @description Of the draft, after this.
             */
            revision?: number;
            /** @enum {string} */
            what: "created" | "changed" | "drafted" | "published" | "rolled_back";
        };
        BotExitCount: {
            /** Format: int64 */
            count: number;
            exit: string;
        };
        BotExploration: {
            coverage: components["schemas"]["FlowCoverage"];
            failures: components["schemas"]["BotFailure"][];
            /**
             * Format: int64
             * @description Conversations that were had.
             */
            runs: number;
            /** Format: int64 */
            seed: number;
        };
        BotFailure: {
            invariant: string;
            /** @description Where it happened, empty for nowhere. */
            node: string;
            /** @description For people, in the caller's language. */
            sentence: string;
            /** @description The same as a test, to be kept. */
            test: components["schemas"]["BotTest"];
            transcript: string[];
        };
        BotFile: {
            definition: unknown;
            key: string;
            layout: unknown;
            name: string;
            tests: unknown;
        };
        BotImpact: {
            /** @description Nodes at which somebody waits and that the draft no longer has. */
            removed: components["schemas"]["BotNodeTraffic"][];
            /**
             * Format: int64
             * @description Conversations under way, on all versions.
             */
            sessions: number;
            versions: components["schemas"]["BotRunning"][];
        };
        BotIssue: {
            args: string[];
            code: string;
            /** @description Key of the other bot whose flow it is about; absent for this one. */
            flow?: string;
            /** @description Name of the node that it is about, empty for the whole flow. */
            node: string;
            /** @description For people, in the caller's language. */
            sentence: string;
            /** @enum {string} */
            weight: "error" | "warning";
        };
        BotNodeCount: {
            /** Format: int64 */
            entered: number;
            exits: components["schemas"]["BotExitCount"][];
            /**
             * Format: int64
             * @description Sessions that ended here without an exit: expired or handed off.
             */
            left: number;
            node: string;
            /**
             * Format: int64
             * @description Sessions that wait here now.
             */
            waiting: number;
        };
        BotNodeTraffic: {
            node: string;
            /** Format: int64 */
            sessions: number;
        };
        BotOutcome: {
            coverage: components["schemas"]["FlowCoverage"];
            /** Format: int64 */
            failed: number;
            /** Format: int64 */
            passed: number;
            results: components["schemas"]["BotTestResult"][];
        };
        BotOutputBody: {
            /** @description Where it answers first. */
            accounts: components["schemas"]["BotAccount"][];
            /** Format: int64 */
            created_ms: number;
            /** @description The live flow (api/flow.schema.json); absent for none. */
            definition?: unknown;
            /** @description Publishing the draft would change something. */
            draft_differs: boolean;
            id: string;
            /** @description By which other flows name it. */
            key: string;
            /**
             * Format: int64
             * @description Number of the live version, 0 for none.
             */
            live_number: number;
            /** @description Absent until something is published. */
            live_version_id?: string;
            name: string;
            /**
             * Format: int64
             * @description Conversations under way.
             */
            sessions_live: number;
            /** @enum {string} */
            state: "active" | "archived";
            /**
             * Format: int64
             * @description Counts changes of the bot itself, not of its flow.
             */
            version: number;
        };
        BotOverview: {
            /** @description Where it answers first. */
            accounts: components["schemas"]["BotAccount"][];
            /** Format: int64 */
            created_ms: number;
            /** @description Publishing the draft would change something. */
            draft_differs: boolean;
            id: string;
            /** @description By which other flows name it. */
            key: string;
            /**
             * Format: int64
             * @description Number of the live version, 0 for none.
             */
            live_number: number;
            /** @description Absent until something is published. */
            live_version_id?: string;
            name: string;
            /**
             * Format: int64
             * @description Conversations under way.
             */
            sessions_live: number;
            /** @enum {string} */
            state: "active" | "archived";
            /**
             * Format: int64
             * @description Counts changes of the bot itself, not of its flow.
             */
            version: number;
        };
        BotPassed: {
            exit: string;
            node: string;
        };
        BotRecording: {
            /** @enum {string} */
            channel: "whatsapp" | "telegram" | "messenger" | "instagram";
            contact?: components["schemas"]["BotTurnContact"];
            /** @description The draft's when absent. */
            definition?: unknown;
            name: string;
            /**
             * Format: int64
             * @description When the conversation began.
             */
            now_ms: number;
            /** @description That of the simulation, by which a split chose. */
            session?: string;
            /** @description What the customer did, steps of a test: customer, start, wait, answer. What the bot says to them is filled in. */
            steps: unknown[];
        };
        BotReport: {
            /** @description Empty for a text that can't be read. */
            graph: components["schemas"]["FlowGraph"];
            /** @description Of the flow's canonical text; empty for a text that can't be read. */
            hash: string;
            issues: components["schemas"]["BotIssue"][];
            /** @description It could be published, as far as the proofs go. */
            ok: boolean;
        };
        BotRunning: {
            /** @description Sessions by the node at which they wait. */
            nodes: {
                [key: string]: number;
            };
            /** Format: int64 */
            number: number;
            /** Format: int64 */
            sessions: number;
            version_id: string;
        };
        BotSecretView: {
            name: string;
            /** Format: int64 */
            updated_ms: number;
        };
        BotSetTimer: {
            /** Format: int64 */
            at_ms: number;
            name: string;
        };
        BotShown: {
            /** @description Parts of a long text that go out first. */
            before: string[];
            /** @description Label that opens a list. */
            button: string;
            /** @enum {string} */
            channel: "whatsapp" | "telegram" | "messenger" | "instagram";
            footer: string;
            header: string;
            options: components["schemas"]["Option"][];
            /** Format: int64 */
            page: number;
            /** Format: int64 */
            pages: number;
            /**
             * @description How the options are offered.
             * @enum {string}
             */
            shape: "text" | "buttons" | "list" | "keyboard" | "quick_replies" | "numbered";
            text: string;
        };
        BotSimulated: {
            /** @description A call that it waits for. */
            ask?: components["schemas"]["BotAsked"];
            /** @description All effects, as they are recorded of a live turn. */
            effects: unknown[];
            messages: components["schemas"]["BotSpoken"][];
            /** @description Where it waits; empty when it does not. */
            node: string;
            /** @description Give it back with the next turn. */
            state: string;
            /** @enum {string} */
            status: "waiting" | "ended" | "handed_off" | "failed" | "";
            /** @description When the flow goes on by itself, if the customer does not write. */
            timer?: components["schemas"]["BotSetTimer"];
            /** @description The nodes passed, with the exit taken of each; the last is where it came to rest. */
            trail: components["schemas"]["BotPassed"][];
            variables: {
                [key: string]: unknown;
            };
        };
        BotSpoken: {
            content: components["schemas"]["Content"];
            /** @description One for each channel. */
            shown: components["schemas"]["BotShown"][];
        };
        BotTemplate: {
            definition: unknown;
            description: string;
            layout: unknown;
            name: string;
            tests: unknown;
            /** @description In the caller's language, as is the description. */
            title: string;
        };
        BotTest: {
            channel?: string;
            contact?: components["schemas"]["BotTurnContact"];
            name: string;
            /** @description RFC 3339: when it begins. */
            now?: string;
            /** @description By which a split chooses. */
            session?: string;
            /** @description Each is one of customer, start, wait, answer, bot, expect. */
            steps: unknown[];
        };
        BotTestResult: {
            expected: string;
            got: string;
            name: string;
            passed: boolean;
            /** @description What went wrong, for people; empty when nothing did. */
            sentence: string;
            /**
             * Format: int64
             * @description The step that failed, from 0; -1 for none.
             */
            step: number;
        };
        BotTurn: {
            /** @enum {string} */
            channel: "whatsapp" | "telegram" | "messenger" | "instagram";
            contact?: components["schemas"]["BotTurnContact"];
            /** @description The flow; the draft's when absent. */
            definition?: unknown;
            input: components["schemas"]["BotTurnInput"];
            /**
             * Format: int64
             * @description The clock of the simulation; ours when absent.
             */
            now_ms?: number;
            /** @description Any word of 10 characters or more, the same in all turns of one simulation: a split chooses by it. */
            session?: string;
            /** @description As the turn before answered; empty begins. */
            state?: string;
        };
        BotTurnAnswer: {
            body?: unknown;
            error?: string;
            /** @description Of the ask. */
            id: string;
            ok: boolean;
            /** Format: int64 */
            status?: number;
        };
        BotTurnContact: {
            fields?: {
                [key: string]: string;
            };
            language?: string;
            name?: string;
        };
        BotTurnInput: {
            /** @description For an answer: what the web call that was asked for gave. */
            answer?: components["schemas"]["BotTurnAnswer"];
            /** @description For a message. A tapped option is a pick with the id that was shown. */
            content?: components["schemas"]["Content"];
            /** @enum {string} */
            kind: "start" | "message" | "timer" | "answer";
            /** @description For a timer: its name. */
            timer?: string;
        };
        BudgetBody: {
            /** @description A month; 0 ends it. */
            amount: string;
            currency: string;
            /** @enum {string} */
            environment: "dev" | "homolog" | "prod" | "shared";
            /**
             * Format: int64
             * @description yyyymm
             */
            from_month: number;
            /** @enum {string} */
            line: "massivo" | "enterprise" | "shared";
            note?: string;
        };
        Call: {
            id?: string;
            /** Format: int64 */
            seconds?: number;
            state: string;
            /** Format: int64 */
            until_ms?: number;
        };
        CancelJourneyInputBody: {
            reason: string;
        };
        CancelOrderInputBody: {
            /** @description Pieces that were sold don't return to the stock. */
            keep_out?: boolean;
            reason?: string;
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        CancelPlanInputBody: {
            /** @description Why, in the company's words; may be empty. */
            reason: string;
        };
        Card: {
            emails?: string[];
            name: string;
            own?: boolean;
            phones?: string[];
        };
        CartCouponInputBody: {
            code: string;
            /** Format: int64 */
            version?: number;
        };
        CartDeliveryInputBody: {
            delivery: components["schemas"]["OrderDelivery"];
            note?: string;
            /** Format: int64 */
            version?: number;
        };
        CartLineInputBody: {
            /** Format: int64 */
            add?: number;
            /**
             * Format: int64
             * @description Counts when add is 0; 0 removes the line.
             */
            set?: number;
            variant_id: string;
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        CatalogAccountView: {
            account_id: string;
            /** @description Meta's number of the business, when it is known. */
            business_id: string;
            /** @description Absent while it shows none. */
            connection?: components["schemas"]["ListingConnection"];
            display: string;
            name: string;
        };
        CatalogItemInputBody: {
            /** @description Its retailer id. */
            item: string;
        };
        Centre: {
            /** @description Host on which people sign in there. */
            host: string;
            /** @description us, eu, in ... */
            key: string;
        };
        ChangeBotInputBody: {
            name?: string;
            /** @enum {string} */
            state?: "active" | "archived";
            /**
             * Format: int64
             * @description The version of the bot's row that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        ChangeChannelInputBody: {
            /** @description Empty for none. */
            bot_id?: string;
            credentials?: {
                [key: string]: string;
            };
            display?: string;
            /** @description Of a draft only. */
            external_id?: string;
            name?: string;
            settings?: {
                [key: string]: string;
            };
            /**
             * @description active asks the platform first, as new credentials do, but of a draft.
             * @enum {string}
             */
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
        ChangePlanInputBody: {
            /** @enum {string} */
            interval: "month" | "year";
            /** @description Of the preview. */
            token: string;
            version_id: string;
        };
        ChannelListBody: {
            items: components["schemas"]["ChannelView"][];
        };
        ChannelMediaLimits: {
            /** @enum {string} */
            channel: "whatsapp" | "telegram" | "messenger" | "instagram";
            kinds: components["schemas"]["Limit"][];
        };
        ChannelView: {
            /** @description What somebody has to look at. */
            alarms: components["schemas"]["Alarm"][];
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
            state: "draft" | "active" | "stopped" | "disabled";
            stopped_why?: string;
            /** @description What the platform's page asks for (Meta's platforms); for those who manage channels. */
            verify_token?: string;
            /** Format: int64 */
            version: number;
            /** @description What the platform must call; for those who manage channels. */
            webhook_url?: string;
        };
        CheckFlowInputBody: {
            /** @description Whose channels the texts are held against; all four when absent. */
            bot_id?: string;
            definition: unknown;
        };
        CheckOutputBody: {
            findings: components["schemas"]["Point"][];
            ok: boolean;
            /** @description Why the platform could not be asked. */
            problem?: string;
        };
        Choice: {
            button?: string;
            footer?: string;
            header?: string;
            more?: string;
            options: components["schemas"]["Option"][];
            /** Format: int64 */
            page?: number;
        };
        CollectionBody: {
            /** @enum {string} */
            kind: "category" | "list";
            name: string;
            parent_id?: string;
            /** Format: int64 */
            position?: number;
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
            state: "active" | "past_due" | "read_only" | "suspended" | "canceled" | "erased";
            /**
             * Format: int64
             * @description Since when.
             */
            state_ms: number;
            /** @description CNPJ or CPF without punctuation; empty when nobody said it. */
            tax_id: string;
            /** @description IANA name. */
            timezone: string;
            /** Format: int64 */
            version: number;
        };
        CompanyBilling: {
            billing: components["schemas"]["Billing"];
            /** @description What was asked of vendors, newest first, at most a hundred. */
            history: components["schemas"]["Wish"][];
            /** @description The latest fifty, newest first. */
            invoices: components["schemas"]["Invoice"][];
        };
        CompanyExcess: {
            /**
             * Format: int64
             * @description To be invoiced by hand.
             */
            amount_minor: number;
            /**
             * Format: int64
             * @description How many were used beyond plan and grants, as those are now.
             */
            beyond: number;
            /** @description The month is over: the amount does not change any more. */
            closed: boolean;
            /** @enum {string} */
            meter: "conversations" | "messages";
            /** @description Of the company's calendar: 2026-11. */
            month: string;
            /**
             * Format: int64
             * @description Of each.
             */
            price_minor: number;
        };
        CompanyFound: {
            /** Format: int64 */
            created_ms: number;
            id: string;
            /** @enum {string} */
            line: "massivo" | "enterprise";
            /** @enum {string} */
            locale: "pt-BR" | "en";
            name: string;
            /** @description Empty for a company without a plan. */
            plan_version_id: string;
            slug: string;
            /** @enum {string} */
            state: "active" | "past_due" | "read_only" | "suspended" | "canceled" | "erased";
            /**
             * Format: int64
             * @description Since when.
             */
            state_ms: number;
            /** @description CNPJ or CPF without punctuation; empty when nobody said it. */
            tax_id: string;
            /** @description IANA name. */
            timezone: string;
            /** Format: int64 */
            version: number;
        };
        CompanyGrant: {
            /** @description The operator's name. */
            by: string;
            /** Format: int64 */
            created_ms: number;
            /** Format: int64 */
            expires_ms: number;
            /** Format: int64 */
            extra: number;
            id: string;
            /** @enum {string} */
            meter: "attendants" | "channels" | "bots" | "conversations" | "messages";
            reason: string;
        };
        CompanyLimit: {
            /**
             * Format: int64
             * @description -1 for no limit.
             */
            count: number;
            /** @enum {string} */
            over: "block" | "overage";
            /** Format: int64 */
            overage_price: number;
        };
        CompanyMove: {
            /** Format: int64 */
            created_ms: number;
            id: string;
            /**
             * @description Source: the company left from here.
             * @enum {string}
             */
            side: "source" | "target";
            /** @enum {string} */
            step: "planned" | "copied" | "paused" | "left" | "stayed" | "settled" | "closed" | "checked" | "laid" | "cutting" | "landed" | "opened" | "discarded";
            /** @description Where platforms reach the company now. */
            target_url?: string;
            /** Format: int64 */
            updated_ms: number;
        };
        CompanyStateInputBody: {
            /** @description Written into the log. */
            reason: string;
            /** @enum {string} */
            state: "active" | "past_due" | "read_only" | "suspended" | "canceled" | "erased";
        };
        CompanyUsed: {
            /**
             * Format: int64
             * @description More than the plan grants, for a time.
             */
            granted: number;
            /** @enum {string} */
            level: "ok" | "warning" | "reached";
            /**
             * Format: int64
             * @description Of the plan; -1 for none.
             */
            limit: number;
            /** @enum {string} */
            meter: "attendants" | "channels" | "bots" | "conversations" | "messages";
            /**
             * @description What happens beyond the limit.
             * @enum {string}
             */
            over: "block" | "overage";
            /** Format: int64 */
            overage_minor: number;
            /** Format: int64 */
            percent: number;
            /** Format: int64 */
            period_end_ms: number;
            /** Format: int64 */
            period_start_ms: number;
            /** Format: int64 */
            used: number;
        };
        CompareBotOutputBody: {
            changes: components["schemas"]["BotChange"][];
        };
        ConfirmAppInputBody: {
            code: string;
            name?: string;
        };
        ConfirmPasskeyInputBody: {
            name?: string;
            /** @description The credential as JSON. */
            passkey: unknown;
        };
        ConfirmPaymentInputBody: {
            /**
             * Format: int64
             * @description What came, in minor units.
             */
            amount: number;
            note?: string;
        };
        ConfirmRefundInputBody: {
            note?: string;
        };
        ConnectCatalogInputBody: {
            /** @description Meta's number of the business; needed to make a catalog. */
            business_id?: string;
            /** @description Absent: a new one is made. */
            catalog_id?: string;
            /** @description Of a new catalog. */
            name?: string;
        };
        ConnectInputBody: {
            /**
             * @description Of what waits in the queue: send it all, give up what is older than a day (most reply windows are over), or give up everything.
             * @default none
             * @enum {string}
             */
            discard: "none" | "old" | "all";
        };
        Consent: {
            granted: boolean;
            text?: string;
            token?: string;
            topic: string;
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
            /** @description The contact that stands for this one since the two were joined. */
            merged_into?: string;
            /** @description What attendants call them. */
            name: string;
            /** @description The platform's profile name as last seen. */
            profile?: string;
            /** @description Sorted. */
            tags: string[];
            /** Format: int64 */
            updated_ms: number;
            username?: string;
            /** Format: int64 */
            version: number;
        };
        ContactEvent: {
            contact: components["schemas"]["Contact"];
        };
        Content: {
            about?: components["schemas"]["ProductRef"];
            activity?: components["schemas"]["Act"];
            album?: components["schemas"]["Media"][];
            bill?: components["schemas"]["Bill"];
            call?: components["schemas"]["Call"];
            choice?: components["schemas"]["Choice"];
            consent?: components["schemas"]["Consent"];
            contacts?: components["schemas"]["Card"][];
            deck?: components["schemas"]["Slide"][];
            excerpt?: string;
            form?: unknown;
            form_ask?: components["schemas"]["FormCall"];
            forwarded?: string;
            kind: string;
            links?: components["schemas"]["Link"][];
            location?: components["schemas"]["Location"];
            media?: components["schemas"]["Media"];
            order?: components["schemas"]["Order"];
            pick?: components["schemas"]["Picked"];
            poll?: components["schemas"]["Poll"];
            progress?: components["schemas"]["Progress"];
            raw?: unknown;
            request?: string;
            share?: components["schemas"]["Shared"];
            shelf?: components["schemas"]["Shelf"];
            story?: components["schemas"]["Shared"];
            target?: string;
            template?: components["schemas"]["TemplateRef"];
            text?: string;
        };
        Contract: {
            /**
             * Format: int64
             * @description Days from the start of a period until its invoice is due; the next business day counts.
             */
            due_days: number;
            /** @enum {string} */
            interval: "month" | "year";
            payer: components["schemas"]["Payer"];
            /**
             * Format: int64
             * @description Of an interval, as signed.
             */
            price_minor: number;
            reason: string;
            /**
             * Format: int64
             * @description 0 for now. At most a year back.
             */
            start_ms: number;
            version_id: string;
        };
        Control: {
            /**
             * Format: int64
             * @description Since when it stands so.
             */
            at_ms: number;
            /** @description Another app answers: bots are silent. */
            held: boolean;
            /** @description Id of the app that had it last, empty when the platform did not say. */
            holder?: string;
            /** Format: int64 */
            holder_ms?: number;
            /** @description What the app said to it. */
            note?: string;
            /** @description Id of an app that asks for the thread, or * when it is not named. */
            wish?: string;
            /** Format: int64 */
            wish_ms?: number;
        };
        Conversation: {
            account_id: string;
            /** @description The bot that may be handed back to; empty for none. */
            bot_id: string;
            channel: string;
            /** @description The company blocked this customer. */
            contact_blocked: boolean;
            contact_id: string;
            contact_name: string;
            /** @description Which app answers the thread at the platform; absent while nothing was said of it. */
            control?: components["schemas"]["Control"];
            /** Format: int64 */
            created_ms: number;
            /**
             * Format: int64
             * @description End of the time in which messages cost nothing, since the customer came by an advert; 0 for none.
             */
            free_until_ms: number;
            id: string;
            /**
             * Format: int64
             * @description The platform's time of the customer's last message.
             */
            last_in_ms: number;
            /** Format: int64 */
            last_in_seq: number;
            /**
             * Format: int64
             * @description When the last message came or went.
             */
            last_ms: number;
            /**
             * Format: int64
             * @description Until when a person may still answer after the free window; 0 where nobody may.
             */
            late_ends_ms: number;
            owner_id: string;
            /** @enum {string} */
            owner_kind: "none" | "bot" | "human";
            owner_name: string;
            /** @description What was said before the channel was connected: it can only be read. */
            past: boolean;
            preview: string;
            preview_by: string;
            preview_kind: string;
            /** @description The conversation before this one with the same customer; empty for none. */
            previous_id: string;
            /** @description The advert or link that the customer came by. */
            referral?: components["schemas"]["Referral"];
            /** Format: int64 */
            resolved_ms: number;
            /**
             * Format: int64
             * @description Number of the last message.
             */
            seq: number;
            /**
             * Format: int64
             * @description 0 when not snoozed, or until the customer writes.
             */
            snoozed_until_ms: number;
            /** @enum {string} */
            state: "bot" | "queued" | "open" | "snoozed" | "resolved";
            team: string;
            /**
             * Format: int64
             * @description Grows with every change; of two copies the higher one is true.
             */
            version: number;
            /**
             * Format: int64
             * @description Since when the customer waits for a person; 0 when nobody waits.
             */
            waiting_since_ms: number;
            /**
             * Format: int64
             * @description End of the free reply window; 0 on channels without one.
             */
            window_ends_ms: number;
        };
        ConversationEvent: {
            conversation: components["schemas"]["Conversation"];
        };
        CostAccount: {
            /** @description As bills name it: SubAccountId. */
            account_id: string;
            /** @enum {string} */
            environment: "dev" | "homolog" | "prod" | "shared";
            /**
             * Format: int64
             * @description Days since 1970-01-01 UTC; 0: since ever.
             */
            from_day: number;
            /** @description Of this entry; an account may have several, one after the other. */
            id: string;
            /** @enum {string} */
            line: "massivo" | "enterprise" | "shared";
            name: string;
            /** @enum {string} */
            origin: "file" | "typed";
            /**
             * Format: int64
             * @description Not included; 0: open.
             */
            to_day: number;
            /** Format: int64 */
            updated_ms: number;
            /** Format: int64 */
            version: number;
        };
        CostBorne: {
            currency: string;
            /** @description Of what it has for itself. */
            dedicated: string;
            /** @description Of channels. */
            fees: string;
            /** @description Of what nobody used; 0 unless idle cost is spread. */
            idle: string;
            /** @description Some of the fees are made up. */
            sample: boolean;
            /** @description Of what it uses with others, by meters. */
            shared: string;
            total: string;
        };
        CostCell: {
            adjustments: string;
            corrections: string;
            credits: string;
            currency: string;
            environment: string;
            /** @description Empty: accounts that nobody mapped. */
            line: string;
            /** Format: int64 */
            month: number;
            taxes: string;
            total: string;
            usage: string;
        };
        CostClash: {
            account_id: string;
            cost: string;
            currency: string;
            environment: string;
            example: string;
            line: string;
            /** Format: int64 */
            resources: number;
            tag_environment: string;
            tag_line: string;
        };
        CostCompany: {
            /**
             * Format: int64
             * @description The most of any day.
             */
            active_contacts: number;
            company_id: string;
            /** Format: int64 */
            conversations: number;
            /** @description As billed, by currency. */
            costs: components["schemas"]["CostBorne"][];
            /** @description Where it was measured last; empty when it was not. */
            deployment: string;
            /** @description All of it in the currency that was asked for; absent when a rate is lacking. */
            in?: components["schemas"]["CostReported"];
            /** Format: int64 */
            messages: number;
            /** @description Empty for companies of other deployments. */
            name: string;
        };
        CostCompanyCosts: {
            idle_spread: boolean;
            items: components["schemas"]["CostCompany"][];
            /**
             * Format: int64
             * @description yyyymm
             */
            month: number;
            nobody: components["schemas"]["CostRemainder"][];
            /** @description By which amounts of other currencies were converted. */
            rates: components["schemas"]["CostRate"][];
            /** @description Of all that was charged, by currency: items and nobody sum to it exactly. */
            totals: components["schemas"]["CostTotal"][];
            /**
             * Format: int64
             * @description Parts that channels billed and no fee is known for.
             */
            unpriced_parts: number;
        };
        CostCoverage: {
            company: string;
            /** Format: int64 */
            company_bp: number | null;
            corrections: string;
            currency: string;
            mapped: string;
            /** Format: int64 */
            mapped_bp: number | null;
            tagged: string;
            /** Format: int64 */
            tagged_bp: number | null;
            total: string;
        };
        CostDay: {
            cost: string;
            currency: string;
            /**
             * Format: int64
             * @description Days since 1970-01-01 UTC.
             */
            day: number;
        };
        CostDayBand: {
            /** Format: int64 */
            day: number;
            expected: string;
            high: string;
            low: string;
            /** @description Of an anomaly: what it cost. Else zero. */
            value: string;
        };
        CostDisplaced: {
            /** @description What the files of the bill that counts are called. */
            by: string;
            gone: string[];
            /** @description What its files are called together. */
            set: string;
            source: string;
            totals: components["schemas"]["CostSums"][];
        };
        CostFee: {
            by: string;
            /** @description Country calling code of the customer's telephone, such as 55; * for any. */
            calling_code: string;
            /** @description The platform's word: marketing, utility, ...; * for any. */
            category: string;
            /** @enum {string} */
            channel: "whatsapp" | "telegram" | "messenger" | "instagram";
            currency: string;
            /** @description First day, 2026-11-01. */
            from: string;
            id: string;
            /** @description Where the price was read. */
            note: string;
            /** @description Of one billed part. */
            price: string;
            /** @description Made up, to show how it looks: what it gives is marked so too. */
            sample: boolean;
            /** @description The first day on which it does not count any more; empty while it counts. */
            until: string;
        };
        CostFile: {
            /** @description SHA-256. */
            hash: string;
            name: string;
            /** Format: int64 */
            size: number;
        };
        CostFileSet: {
            name: string;
            /** @enum {string} */
            outcome: "imported" | "known" | "refused" | "waiting";
            /** @description Why it was refused, or what it waits for. */
            problem: string;
            /** Format: int64 */
            seen_ms: number;
        };
        CostForecast: {
            anomalies: components["schemas"]["CostDayBand"][];
            currency: string;
            days: components["schemas"]["CostDayBand"][];
            /** Format: int64 */
            error_bp: number;
            /** Format: int64 */
            known_to: number;
            month: string;
            month_high: string;
            month_low: string;
            spent: string;
        };
        CostHours: {
            /** Format: double */
            observed: number;
            /** Format: double */
            off: number;
        };
        CostIdle: {
            account_id: string;
            /** @description What would have been saved in the month. */
            cost: string;
            currency: string;
            /**
             * Format: int64
             * @description Of the month, with that cost.
             */
            days: number;
            environment: string;
            line: string;
            resource_id: string;
            /** @enum {string} */
            rule: "unused_commitment" | "weekend" | "no_traffic" | "no_use";
            service: string;
        };
        CostImport: {
            actor: string;
            files: components["schemas"]["CostFile"][];
            /** Format: int64 */
            finished_ms: number;
            /** Format: int64 */
            from_ms: number;
            known?: boolean;
            /** @description It came when the period should have been closed, and the source was read before that. */
            late: boolean;
            /** Format: int64 */
            no: number;
            payers: string[];
            /**
             * Format: int64
             * @description yyyymm of the billing period.
             */
            period: number;
            /**
             * Format: int64
             * @description The reading before, the latest of several; 0: none.
             */
            replaces: number;
            /** Format: int64 */
            rows: number;
            set: string;
            set_hash: string;
            source: string;
            /** Format: int64 */
            started_ms: number;
            /** @enum {string} */
            state: "staging" | "current" | "replaced" | "withdrawn";
            /**
             * Format: int64
             * @description Not included.
             */
            to_ms: number;
            totals: components["schemas"]["CostSums"][];
            /** @description Bills of other sources that have a billing account and days in common with it: what both hold counts twice. */
            twins?: components["schemas"]["CostTwin"][];
            /** @description Of FOCUS, as detected. */
            version: string;
        };
        CostImported: {
            /**
             * Format: int64
             * @description That lie there.
             */
            files: number;
            /**
             * Format: int64
             * @description New ones and those that changed.
             */
            read: number;
            refused: string[];
            /** Format: int64 */
            rows: number;
        };
        CostImportedBody: {
            meters: components["schemas"]["CostImported"];
        };
        CostInvoice: {
            actor: string;
            /** @description As typed in; null: not yet. */
            amount: string | null;
            /** @description BilledCost of its rows; null: no row names it. */
            billed: string | null;
            currency: string;
            difference: string | null;
            /** @description Empty: all of the period. */
            invoice_id: string;
            /**
             * Format: int64
             * @description yyyymm
             */
            period: number;
            source: string;
            /** Format: int64 */
            typed_ms: number;
        };
        CostInvoiceBody: {
            /** @description Absent takes it back. */
            amount?: string;
            currency: string;
            /** @description Empty: all of the period. */
            invoice_id?: string;
            /**
             * Format: int64
             * @description yyyymm
             */
            period: number;
            source: string;
        };
        CostItemsBudgetBodyBody: {
            items: components["schemas"]["BudgetBody"][];
        };
        CostItemsFeeBodyBody: {
            items: components["schemas"]["FeeBody"][];
        };
        CostItemsRateBody: {
            items: components["schemas"]["CostRate"][];
        };
        CostListAccountBody: {
            items: components["schemas"]["CostAccount"][];
        };
        CostListCellBody: {
            items: components["schemas"]["CostCell"][];
        };
        CostListDayCostBody: {
            items: components["schemas"]["CostDay"][];
        };
        CostListFeeBody: {
            items: components["schemas"]["CostFee"][];
        };
        CostListForecastBody: {
            items: components["schemas"]["CostForecast"][];
        };
        CostListIdleBody: {
            items: components["schemas"]["CostIdle"][];
        };
        CostListImportBody: {
            items: components["schemas"]["CostImport"][];
        };
        CostListMeasuredBody: {
            items: components["schemas"]["CostMeasured"][];
        };
        CostListMeteredBody: {
            items: components["schemas"]["CostMetered"][];
        };
        CostListPaceBody: {
            items: components["schemas"]["CostPace"][];
        };
        CostListRateBody: {
            items: components["schemas"]["CostRate"][];
        };
        CostListResourceCostBody: {
            items: components["schemas"]["CostResource"][];
        };
        CostListRuleBody: {
            items: components["schemas"]["CostRule"][];
        };
        CostListServiceCostBody: {
            items: components["schemas"]["CostService"][];
        };
        CostListSourceBody: {
            items: components["schemas"]["CostSource"][];
        };
        CostListUnitBody: {
            items: components["schemas"]["CostUnit"][];
        };
        CostMeasured: {
            /** @description From the first day until the last that is judged. */
            after?: components["schemas"]["CostWindow"];
            /** @description Absent when there is no bill of it. */
            before?: components["schemas"]["CostWindow"];
            /**
             * Format: int64
             * @description The window before that it is held against, in days.
             */
            before_days: number;
            by: string;
            currency: string;
            /** @description The first day on which it does not any more; empty while it does. */
            ended: string;
            /** @description Empty for all. */
            environment: string;
            /** @description As they were observed. */
            hours_off?: components["schemas"]["CostHours"];
            id: string;
            /** @description Days from the first on that a bill of it does not cover. A bill that stays away for a month while others come has ended, and lacks nothing. */
            lacking?: components["schemas"]["CostUnbilled"][];
            /** @description What it touches; empty for all. */
            line: string;
            name: string;
            /**
             * @description Why there is no saved: none of its days is judged yet; nothing of it was billed before; no day before, or after, is covered by all bills of it.
             * @enum {string}
             */
            not_measured?: "not_begun" | "nothing_before" | "no_bill_before" | "no_bill_after";
            note: string;
            /** @description Saved, for a month of 365/12 days. */
            per_month?: string;
            /** @description What the planned hours would save of all of it: an upper bound, since disks and addresses are billed on. */
            planned?: string;
            /**
             * Format: int64
             * @description A week, of 168; 0 for what is no schedule.
             */
            planned_hours_off: number;
            /** @description Part of the resource's id; empty for all. */
            resource: string;
            /** @description Without it less what was billed; negative when it costs more. */
            saved?: string;
            /**
             * Format: int64
             * @description Of what it would have cost.
             */
            saved_basis_points?: number;
            /** @description Part of the service's name; empty for all. */
            service: string;
            /** @description The first day on which it works. */
            started: string;
            /** Format: int64 */
            version: number;
            /** @description What the days after would have cost at the average of those before. */
            without?: string;
        };
        CostMetered: {
            day: string;
            deployment: string;
            /** Format: int64 */
            imported_ms: number;
            /** Format: int64 */
            revision: number;
            /** Format: int64 */
            rows: number;
        };
        CostOddity: {
            column: string;
            /** Format: int64 */
            count: number;
            /** Format: int64 */
            first_row: number;
            rule: string;
            sample: string;
            source: string;
        };
        CostPace: {
            /** @description A month; 0 ends it. */
            amount: string;
            by: string;
            currency: string;
            /**
             * Format: int64
             * @description Of the month that are judged: those that all bills of it cover.
             */
            days: number;
            environment: string;
            /** @description Of the budget for the judged days, every day the same. */
            expected: string;
            /** @description At the end of the month, at this pace; absent while fewer than three days are judged. */
            forecast?: string;
            /**
             * Format: int64
             * @description Of the budget.
             */
            forecast_basis_points?: number;
            /**
             * Format: int64
             * @description The first month, yyyymm.
             */
            from_month: number;
            line: string;
            /**
             * Format: int64
             * @description yyyymm
             */
            month: number;
            note: string;
            /** Format: int64 */
            of_days: number;
            /** @enum {string} */
            origin: "accounts" | "typed";
            spent: string;
            /**
             * Format: int64
             * @description Of the budget.
             */
            spent_basis_points: number;
            /**
             * @description fast: the forecast is over it; over: what was spent is.
             * @enum {string}
             */
            state: "under" | "fast" | "over";
            /** @description The last day that is judged; empty while none is. Bills come up to two days late; a day that no bill covers yet is not judged. */
            through: string;
        };
        CostQuality: {
            /** @description Tags that contradict the map of accounts. */
            clashes: components["schemas"]["CostClash"][];
            displaced: components["schemas"]["CostDisplaced"][];
            /** @description The current readings of the billing period. */
            imports: components["schemas"]["CostImport"][];
            invoices: components["schemas"]["CostInvoice"][];
            /** @description Sources that billed the month before and not this one, which is over; with a billing account, such as "aws (123)", where only that did. */
            missing: string[];
            /** Format: int64 */
            month: number;
            /** @description What the bills do otherwise than FOCUS says, and was taken as it was. */
            odd: components["schemas"]["CostOddity"][];
            shares: components["schemas"]["CostCoverage"][];
            sources: components["schemas"]["CostSource"][];
            /** @description Accounts of the bills that nobody mapped. */
            strays: components["schemas"]["CostStray"][];
            unbilled: components["schemas"]["CostUnbilled"][];
        };
        CostRate: {
            /** @description One unit of this ... */
            base: string;
            day: string;
            /** @description ... cost so much of this. */
            quote: string;
            rate: string;
            /** @description Made up, to show how it looks. */
            sample: boolean;
            /** @description Where it was read, such as PTAX. */
            source: string;
        };
        CostReadersBody: {
            invitations: components["schemas"]["Invitation"][];
            items: components["schemas"]["Reader"][];
        };
        CostRemainder: {
            amount: string;
            currency: string;
            environment: string;
            /**
             * @description Nobody used it; development and homologation; nobody is known to whom it could be given.
             * @enum {string}
             */
            kind: "idle" | "building" | "open";
            line: string;
        };
        CostReported: {
            currency: string;
            /** @description Price less total. */
            margin?: string;
            /**
             * Format: int64
             * @description Of the price; 10000 is all of it.
             */
            margin_basis_points?: number;
            per_1000_messages?: string;
            per_conversation?: string;
            /** @description What its plan brings in the month; absent when none was told. */
            price?: string;
            /** @description Some of the fees or rates are made up. */
            sample: boolean;
            total: string;
        };
        CostResource: {
            account_id: string;
            cost: string;
            currency: string;
            environment: string;
            line: string;
            name: string;
            region: string;
            /** @description Empty: what the bill puts on no resource. */
            resource_id: string;
            service: string;
            type: string;
        };
        CostRule: {
            /** @enum {string} */
            basis: "cpu" | "messages" | "bytes" | "rows" | "storage" | "requests" | "even";
            /** @description ServiceCategory of FOCUS; empty is any. */
            category: string;
            /** @description Part of ServiceName, in any case of letters; empty is any. */
            service: string;
        };
        CostRulesBody: {
            items: components["schemas"]["CostRule"][];
        };
        CostSaving: {
            /**
             * Format: int64
             * @description The window before that it is held against, in days.
             */
            before_days: number;
            by: string;
            currency: string;
            /** @description The first day on which it does not any more; empty while it does. */
            ended: string;
            /** @description Empty for all. */
            environment: string;
            id: string;
            /** @description What it touches; empty for all. */
            line: string;
            name: string;
            note: string;
            /**
             * Format: int64
             * @description A week, of 168; 0 for what is no schedule.
             */
            planned_hours_off: number;
            /** @description Part of the resource's id; empty for all. */
            resource: string;
            /** @description Part of the service's name; empty for all. */
            service: string;
            /** @description The first day on which it works. */
            started: string;
            /** Format: int64 */
            version: number;
        };
        CostService: {
            /** @description In the month before, or in as many days of it. */
            before: string;
            category: string;
            change: string;
            /** Format: int64 */
            change_bp: number | null;
            cost: string;
            currency: string;
            /**
             * Format: int64
             * @description How many days of the month before were counted, as many as the bill of this one has had; the most, where several bills have the service; 0: all of it.
             */
            days: number;
            service: string;
        };
        CostSource: {
            /** @description False: bills of it were imported by hand. */
            configured: boolean;
            name: string;
            sets: components["schemas"]["CostFileSet"][];
        };
        CostStray: {
            account_id: string;
            cost: string;
            currency: string;
            name: string;
        };
        CostSums: {
            billed: string;
            currency: string;
            effective: string;
        };
        CostTotal: {
            amount: string;
            currency: string;
        };
        CostTwin: {
            /** Format: int64 */
            no: number;
            /** @description The billing accounts that both have. */
            payers: string[];
            /** @description What its files are called together. */
            set: string;
            source: string;
        };
        CostUnbilled: {
            billing_account: string;
            currency: string;
            from: string;
            source: string;
            /** @description The last day. */
            until: string;
        };
        CostUnit: {
            /** @description Development and homologation, apart. */
            building: string;
            /** Format: int64 */
            companies: number;
            /** Format: int64 */
            conversations: number;
            /** @description Some of it was billed in another currency. */
            converted: boolean;
            currency: string;
            /** @description Of the total: of channels. */
            fees: string;
            /** @description Of the total: nobody used it. */
            idle: string;
            /** @description A rate is lacking: some of it is left out. */
            incomplete: boolean;
            line: string;
            margin?: string;
            /** Format: int64 */
            messages: number;
            /**
             * Format: int64
             * @description yyyymm
             */
            month: number;
            per_1000_messages?: string;
            per_company?: string;
            per_conversation?: string;
            /** @description What the plans of its companies bring. */
            price?: string;
            /** @description Some of the fees or rates are made up. */
            sample: boolean;
            /** @description What its companies bear, and what nobody used. */
            total: string;
        };
        CostWindow: {
            billed: string;
            /**
             * Format: int64
             * @description That are judged: those that are billed.
             */
            days: number;
            from: string;
            /**
             * Format: int64
             * @description Days that were asked for and that no bill covers: they are not judged.
             */
            gaps: number;
            per_day: string;
            /** @description The last day. */
            until: string;
        };
        Counts: {
            /**
             * Format: int64
             * @description At most 1000.
             */
            bot: number;
            /** Format: int64 */
            mine: number;
            /** Format: int64 */
            open: number;
            /** Format: int64 */
            queue: number;
            /** Format: int64 */
            snoozed: number;
            /**
             * Format: int64
             * @description Conversations of mine with something that I have not read.
             */
            unread: number;
        };
        CouponBody: {
            active: boolean;
            code: string;
            /** Format: int64 */
            contact_limit?: number;
            first_order?: boolean;
            /** Format: int64 */
            from_ms?: number;
            /** @enum {string} */
            kind: "percent" | "fixed" | "free_shipping";
            /** Format: int64 */
            min_subtotal?: number;
            /** Format: int64 */
            to_ms?: number;
            /** Format: int64 */
            total_limit?: number;
            /**
             * Format: int64
             * @description Basis points (1000 is 10 %) or minor units.
             */
            value?: number;
        };
        CreateBotInputBody: {
            /** @description A flow to begin with instead of a template. */
            definition?: unknown;
            layout?: unknown;
            name: string;
            /** @description Name of a template. */
            template?: string;
            tests?: unknown;
        };
        CreateChannelInputBody: {
            bot_id?: string;
            /** @enum {string} */
            channel: "whatsapp" | "telegram" | "messenger" | "instagram";
            /** @description Meta's platforms: token, app_secret. Telegram: token. */
            credentials?: {
                [key: string]: string;
            };
            display?: string;
            /** @description Only begin: nothing is claimed or asked of the platform yet. */
            draft?: boolean;
            /** @description WhatsApp: phone_number_id. Messenger: page id. Instagram: id of the professional account. Telegram: read from the token. */
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
            /** @description The link goes by e-mail too; the list of invitations tells how far it is. */
            mailed: boolean;
        };
        CreateInvitationInputBody: {
            email: string;
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin";
        };
        CreatePlanInputBody: {
            content: components["schemas"]["PlanContent"];
            /** @enum {string} */
            line: "massivo" | "enterprise";
            slug: string;
        };
        CreateTemplateInputBody: {
            account_id: string;
            /** @description At most 1,024 characters; variables as {{1}} or {{first_name}}. */
            body: string;
            buttons?: components["schemas"]["TemplateButton"][];
            /** @enum {string} */
            category: "marketing" | "utility" | "authentication";
            footer?: string;
            header?: components["schemas"]["HeaderDraft"];
            /** @description As WhatsApp writes it: pt_BR, en_US. */
            language: string;
            /** @description Small letters, digits and underscores. */
            name: string;
            /** @description By key of the variable: "1", "header.1", "button.1". */
            samples?: {
                [key: string]: string;
            };
        };
        CrmConnectInputBody: {
            /** @description us, eu, in ... */
            centre: string;
            client_id: string;
            client_secret: string;
            /** @description Grant code of the vendor's console: it works once, for minutes. Or give a refresh token. */
            code?: string;
            refresh_token?: string;
        };
        CrmView: {
            /** @description Data centres of the vendor; an account lives in one. */
            centres: components["schemas"]["Centre"][];
            connection: components["schemas"]["Status"];
            settings: components["schemas"]["Settings"];
        };
        "Decide-refundRequest": {
            approve: boolean;
        };
        DemoInputBody: {
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin" | "cost";
        };
        DisconnectOutputBody: {
            /** @description What the platform said against taking the webhook back; the channel is off all the same. */
            problem?: string;
        };
        Draft: {
            text: string;
            /** Format: int64 */
            updated_ms: number;
        };
        Duplicate: {
            contact: components["schemas"]["Contact"];
            /** @enum {string} */
            reason: "met" | "same_name";
        };
        DuplicatesOutputBody: {
            items: components["schemas"]["Duplicate"][];
        };
        EditMessageInputBody: {
            text: string;
        };
        EditOrderInputBody: {
            lines: components["schemas"]["EditPiece"][];
            reason?: string;
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        EditPiece: {
            /**
             * Format: int64
             * @description 0 takes the line out.
             */
            quantity: number;
            variant_id: string;
        };
        EditPlanInputBody: {
            content: components["schemas"]["PlanContent"];
            /**
             * Format: int64
             * @description That the editor saw.
             */
            revision: number;
        };
        EditTemplateInputBody: {
            /** @description At most 1,024 characters; variables as {{1}} or {{first_name}}. */
            body: string;
            buttons?: components["schemas"]["TemplateButton"][];
            /**
             * @description Of one that is not approved; absent: as it is.
             * @enum {string}
             */
            category?: "marketing" | "utility";
            footer?: string;
            header?: components["schemas"]["HeaderDraft"];
            /** @description By key of the variable: "1", "header.1", "button.1". */
            samples?: {
                [key: string]: string;
            };
        };
        Entry: {
            account_id?: string;
            actor_id?: string;
            actor_name?: string;
            /** Format: int64 */
            at_ms: number;
            contact_id: string;
            granted: boolean;
            id: string;
            message_id?: string;
            /** @description The customer's words, or the name of the form or list that they signed. */
            proof?: string;
            /** @enum {string} */
            source: "customer" | "words" | "platform" | "attendant" | "bot";
            topic: string;
        };
        Envelope: {
            actor: components["schemas"]["Actor"];
            /** Format: int64 */
            at: number;
            cause: string;
            conversation_id?: string;
            data: unknown;
            id: string;
            /** Format: int64 */
            seq?: number;
            tenant_id: string;
            type: string;
            /** Format: int64 */
            v: number;
            viewers?: components["schemas"]["Viewers"];
        };
        Environment: {
            /** @description Product line and environment: massivo-homolog. */
            deployment: string;
            /** @description Who holds it, or the name of the holiday. */
            detail: string;
            environment: string;
            /** @description What goes on costing while it is off. */
            floor: ("nat" | "balancer" | "firewall" | "database_disks" | "stream_disks" | "objects" | "names" | "logs" | "rented")[];
            hours: components["schemas"]["EnvironmentHours"];
            /** @description Those that count, and those that begin later. */
            leases: components["schemas"]["EnvironmentLease"][];
            line: string;
            /**
             * Format: int64
             * @description When its hours change the next time; 0 for never.
             */
            next_ms: number;
            parts: components["schemas"]["EnvironmentPart"][];
            /** @description Those of the last month that are over, the newest first. */
            past: components["schemas"]["EnvironmentLease"][];
            /** @description Why the last switch came to a halt; empty for none. */
            problem: string;
            /** @description hours, lease, nobody, off_hours, holiday, optional_day, weekday, skip_day, extra_day, rest, manual, warning, restarted_by_vendor. */
            reason: string;
            /** @description When it runs, in full, as accounts.yaml spells it. */
            schedule: string;
            /** Format: int64 */
            seen_ms: number;
            /** @description Production is not, nor what is always on. */
            switchable: boolean;
            /** @description It is on its way up or down. */
            switching: boolean;
            times: components["schemas"]["EnvironmentTimes"];
            /**
             * Format: int64
             * @description When that ends by itself; 0 for never.
             */
            until_ms: number;
            /** @enum {string} */
            want: "" | "up" | "down";
        };
        EnvironmentHours: {
            /** Format: int64 */
            all_minutes: number;
            /** @description 2026-11 */
            month: string;
            /** Format: int64 */
            off_minutes: number;
            /**
             * Format: int64
             * @description Measured: something ran.
             */
            on_minutes: number;
            /**
             * Format: int64
             * @description On by its schedule, without any lease.
             */
            planned_on_minutes: number;
            /** Format: int64 */
            switched_on_times: number;
            /**
             * Format: int64
             * @description Nobody looked.
             */
            unseen_minutes: number;
        };
        EnvironmentLease: {
            ended_by: string;
            /**
             * Format: int64
             * @description When somebody ended it early; 0 for never.
             */
            ended_ms: number;
            /** @description Who gave it its present end; empty for nobody. */
            extended_by: string;
            /** Format: int64 */
            from_ms: number;
            id: string;
            /** Format: int64 */
            until_ms: number;
            who: string;
            why: string;
        };
        EnvironmentListBody: {
            items: components["schemas"]["Environment"][];
        };
        EnvironmentPart: {
            /**
             * Format: int64
             * @description How many are wanted; 0 is off.
             */
            count: number;
            name: string;
            /** @enum {string} */
            role: "database" | "nats" | "worker" | "api" | "gateway";
            /** @enum {string} */
            state: "stopped" | "starting" | "running" | "stopping" | "busy";
        };
        EnvironmentTimes: {
            holidays_off: boolean;
            /**
             * @description office: by windows, and by leases.
             * @enum {string}
             */
            kind: "always" | "on-demand" | "office";
            /** @description Off on days that the law leaves to each employer. */
            optional_off: boolean;
            windows: components["schemas"]["EnvironmentWindow"][];
            /** @description IANA name of the time zone; empty where there are no windows. */
            zone: string;
        };
        EnvironmentWindow: {
            /** @description Days of the week, 0 for Sunday. */
            days: number[];
            /**
             * Format: int64
             * @description Minute of the day.
             */
            from_minute: number;
            /**
             * Format: int64
             * @description Minute of the day, 1440 for its end.
             */
            to_minute: number;
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
        ExploreBotInputBody: {
            /** @description The draft's when absent. */
            definition?: unknown;
            /**
             * Format: int64
             * @description Conversations, 200 when absent; fewer when the time is over.
             */
            runs?: number;
            /**
             * Format: int64
             * @description The same seed makes the same customers.
             */
            seed?: number;
        };
        "Extend-trialRequest": {
            reason: string;
            /**
             * Format: int64
             * @description The new end of the trial.
             */
            until_ms: number;
        };
        ExtendEnvironmentInputBody: {
            /**
             * Format: int64
             * @description How much longer.
             */
            minutes: number;
        };
        Factor: {
            /** Format: int64 */
            created_ms: number;
            id: string;
            /** @enum {string} */
            kind: "totp" | "passkey";
            name: string;
            /** Format: int64 */
            used_ms: number;
        };
        FactorPolicyBody: {
            /** @enum {string} */
            required: "nobody" | "admins" | "everybody";
        };
        Factors: {
            items: components["schemas"]["Factor"][];
            passkeys: boolean;
            /** Format: int64 */
            recovery_left: number;
            required: boolean;
            step_up: string[];
        };
        Features: {
            demo: boolean;
        };
        FeeBody: {
            /** @description Such as 55; * for any. */
            calling_code: string;
            /** @description The platform's word; * for any. */
            category: string;
            /** @enum {string} */
            channel: "whatsapp" | "telegram" | "messenger" | "instagram";
            currency: string;
            from: string;
            /** @description Where the price was read. */
            note?: string;
            /** @description Of one billed part. */
            price: string;
            sample?: boolean;
            /** @description The first day on which it does not count any more. */
            until?: string;
        };
        FieldFlaw: {
            field: string;
            message: string;
        };
        Finding: {
            /** @description Contracts can't be written until it is mended. */
            blocks: boolean;
            /**
             * @description missing: there is no such field. not_unique: two records could hold the same. too_short. mandatory: the CRM wants it and we don't fill it. unknown_value: the pick list has no such value. unreadable: the fields could not be read.
             * @enum {string}
             */
            code: "missing" | "not_unique" | "too_short" | "mandatory" | "unknown_value" | "unreadable";
            /** @description account, contact, deal or lead. */
            entity: string;
            /** @description The CRM's API name. */
            field: string;
            /** @description What was looked for, or how long it must be; empty for none. */
            value: string;
        };
        FinishStepInputBody: {
            /** @description What the CRM calls the record that was made by hand; needed for account, contact and deal. */
            external_id?: string;
            reason: string;
        };
        FlowCoverage: {
            exits: {
                [key: string]: number;
            };
            nodes: {
                [key: string]: number;
            };
        };
        FlowGraph: {
            flows: string[];
            nodes: components["schemas"]["FlowGraphNode"][];
            secrets: string[];
            variables: components["schemas"]["FlowGraphVariable"][];
        };
        FlowGraphExit: {
            label: string;
            optional?: boolean;
            to?: string;
            waited?: boolean;
        };
        FlowGraphNode: {
            exits: components["schemas"]["FlowGraphExit"][];
            kind: string;
            name: string;
            summary?: string;
        };
        FlowGraphVariable: {
            name: string;
            read_by: string[];
            set_by: string[];
        };
        FormCall: {
            button: string;
            data?: unknown;
            draft?: boolean;
            id: string;
            screen?: string;
            token?: string;
        };
        Former: {
            /**
             * Format: int64
             * @description When these words were written.
             */
            at_ms: number;
            text: string;
        };
        GiveBackInputBody: {
            /**
             * Format: int64
             * @description In minor units; at most what was paid and did not go back.
             */
            amount: number;
            /** @description Pieces that the customer returned. */
            lines?: components["schemas"]["OrderPiece"][];
            reason?: string;
            /** @description The pieces can be sold again. */
            restock?: boolean;
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        Goods: {
            currency: string;
            description?: string;
            image?: components["schemas"]["Media"];
            image_url?: string;
            link?: string;
            /** Format: int64 */
            list_price?: number;
            name: string;
            option?: string;
            /** Format: int64 */
            price: number;
            retailer_id?: string;
        };
        GrantQuotaInputBody: {
            /** Format: int64 */
            expires_ms: number;
            /** Format: int64 */
            extra: number;
            /** @enum {string} */
            meter: "attendants" | "channels" | "bots" | "conversations" | "messages";
            reason: string;
        };
        Guide: {
            /** @enum {string} */
            channel: "whatsapp" | "telegram" | "messenger" | "instagram";
            /** @description What the webhook subscribes to. */
            fields: string[];
            /**
             * @description Instagram: through a Facebook page, or Instagram Login.
             * @enum {string}
             */
            flavour?: "page" | "login";
            links: {
                [key: string]: string;
            };
            /** @description What Meta's page of webhooks calls it. */
            object?: string;
            /** @description What the token must be allowed. */
            permissions: string[];
            /** @description What is pasted here: external_id, settings.*, credentials.*; required ones first. */
            values: string[];
        };
        HandBack: {
            /** @description Absent: the bot that had it, or the channel's. */
            bot_id?: string;
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        HeaderDraft: {
            /** @enum {string} */
            kind: "text" | "image" | "video" | "document" | "location";
            text?: string;
            /** @description Id of an upload of one's own: the example of a file. Absent in an edit: the one that it has. */
            upload?: string;
        };
        Health: {
            alarms: components["schemas"]["Alarm"][];
            check_problem?: string;
            /**
             * Format: int64
             * @description 0 never.
             */
            checked_ms: number;
            failed_code?: string;
            /**
             * Format: int64
             * @description When a send was given up last, 0 never.
             */
            failed_ms: number;
            failed_text?: string;
            findings: components["schemas"]["Point"][];
            /** @description The last week, oldest first; hours in which nothing happened are left out. */
            hours: components["schemas"]["Hour"][];
            /** Format: int64 */
            last_sent_ms: number;
            /** Format: int64 */
            last_webhook_ms: number;
            /** @description The platform's name of how many customers a day may be written to first. */
            limit?: string;
            /** @description The latest words of the platform, newest first. */
            news: components["schemas"]["News"][];
            pauses: components["schemas"]["Pause"][];
            quality?: string;
            renew_problem?: string;
            /** Format: int64 */
            renewed_ms: number;
            /** @description The platform's words. */
            restricted?: string;
            /** Format: int64 */
            restricted_until_ms?: number;
            /** @enum {string} */
            state: "draft" | "active" | "stopped" | "disabled";
            /**
             * Format: int64
             * @description 0 never, or unknown.
             */
            token_ends_ms: number;
            /**
             * Format: int64
             * @description Usual time between two webhooks at this hour, 0 unknown.
             */
            usual_gap_ms: number;
            /**
             * Format: int64
             * @description Deliveries in the queue.
             */
            waiting: number;
            /**
             * Format: int64
             * @description When the oldest of them was queued, 0 for none.
             */
            waiting_since_ms: number;
        };
        Hour: {
            /**
             * Format: int64
             * @description When the hour began.
             */
            at_ms: number;
            /** Format: int64 */
            failed: number;
            /**
             * Format: int64
             * @description Webhooks.
             */
            heard: number;
            /** Format: int64 */
            sent: number;
        };
        ImportItemInputBody: {
            /** @description Its retailer id. */
            item: string;
            /**
             * Format: int64
             * @description In minor units; what Meta shows is a text.
             */
            price: number;
        };
        InspectedCompanyBody: {
            company: components["schemas"]["Company"];
            grants: components["schemas"]["CompanyGrant"][];
            /** @description To and from other installations, oldest first. */
            moves: components["schemas"]["CompanyMove"][];
            /** @description Where the company's state may go from here. */
            next_states: string[];
            /** @description Use beyond the plan, of last month and this one. No payment service bills it: it is invoiced by hand. */
            overage?: components["schemas"]["CompanyExcess"][];
            plan?: components["schemas"]["PlanVersion"];
            /**
             * @description Why nothing may be written for the company now; absent for one that works.
             * @enum {string}
             */
            standing?: "moving" | "moved";
            usage: components["schemas"]["CompanyUsed"][];
        };
        InspectedJourneyBody: {
            /** @description What operators did, newest first. */
            audit: components["schemas"]["AuditEntry"][];
            journey: components["schemas"]["SignupOverview"];
            /** @description With the way in of the company's first admin. */
            letters: components["schemas"]["MailStatus"][];
            /** @description In their order; none before the first checkout. */
            steps: components["schemas"]["SagaStatus"][];
        };
        Integration: {
            circuit: components["schemas"]["IntegrationSwitch"];
            /** @description It is connected; without it its steps are skipped. */
            configured: boolean;
            /** @description What is the matter with those that wait, by class. */
            errors: components["schemas"]["SagaCount"][];
            /** @enum {string} */
            kind: "crm" | "mail" | "payment";
            /**
             * Format: int64
             * @description 0 for never.
             */
            last_success_ms: number;
            /**
             * Format: int64
             * @description Of mail: companies whose way in did not arrive within ten minutes; see GET /operator/letters?late=true.
             */
            late: number;
            /** Format: int64 */
            late_since_ms: number;
            /** @description zoho, stripe, asaas, payment (several of them), sendgrid, smtp, folder, mail (nobody sends). */
            name: string;
            /** @description Of the whole integration, such as locked: an operator has to connect it anew. */
            trouble: string;
        };
        IntegrationListBody: {
            items: components["schemas"]["Integration"][];
        };
        IntegrationSwitch: {
            /** Format: int64 */
            failures: number;
            open: boolean;
            /**
             * Format: int64
             * @description Steps, or letters, that wait for it.
             */
            parked: number;
            /**
             * Format: int64
             * @description When the next one tries.
             */
            probe_ms: number;
            problem: string;
            /** Format: int64 */
            since_ms: number;
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
            role: "attendant" | "supervisor" | "admin" | "cost";
            /** @enum {string} */
            state: "open" | "accepted" | "revoked" | "expired";
        };
        InvitationListBody: {
            items: components["schemas"]["InvitationView"][];
        };
        InvitationView: {
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
            /** @description The mail that carries it; absent when none was sent. */
            letter?: components["schemas"]["MailStatus"];
            /** Format: int64 */
            revoked_ms: number;
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin" | "cost";
            /** @enum {string} */
            state: "open" | "accepted" | "revoked" | "expired";
        };
        "Invite-cost-readerRequest": {
            email: string;
        };
        Invoice: {
            /** Format: int64 */
            amount_minor: number;
            /** Format: int64 */
            attempts: number;
            /** @description The vendor's. */
            bill_id: string;
            boleto_line: string;
            currency: string;
            /**
             * Format: int64
             * @description When a chargeback was first seen, 0 for none.
             */
            disputed_ms: number;
            /** Format: int64 */
            due_ms: number;
            id: string;
            /** Format: int64 */
            issued_ms: number;
            /** Format: int64 */
            nfse_ms: number;
            /** @description Of the fiscal document, entered by hand. */
            nfse_number: string;
            /** @description Of our own series of the year: 2026-000042. */
            number: string;
            /** Format: int64 */
            paid_minor: number;
            /**
             * Format: int64
             * @description 0 for not.
             */
            paid_ms: number;
            /** @description As it was when the invoice was issued. */
            payer: components["schemas"]["Payer"];
            /** Format: int64 */
            period_end_ms: number;
            /** Format: int64 */
            period_start_ms: number;
            pix_code: string;
            /** @description Why the last attempt to charge it failed. */
            problem: string;
            provider: string;
            /** Format: int64 */
            refunded_minor: number;
            /** @enum {string} */
            state: "open" | "pending" | "paid" | "failed" | "void" | "refunded" | "disputed";
            /** @description Where it can be paid, empty when it can't. */
            url: string;
            /** @description Of the plan when it was issued. */
            version_id: string;
        };
        ItemsInputBody: {
            products: string[];
        };
        Journey: {
            /** @description The company is there and waits for its first admin. */
            activation_ready: boolean;
            /** @description Of the latest try. */
            checkout?: components["schemas"]["SignupCheckoutView"];
            company: components["schemas"]["SignupCompany"];
            company_name: string;
            contract_no: string;
            /**
             * Format: int64
             * @description When it is forgotten, if it leads nowhere.
             */
            expires_ms: number;
            id: string;
            /** @description month or year. */
            interval: string;
            /** @description The welcome, once it was written. */
            letter?: components["schemas"]["SignupLetterView"];
            /** @enum {string} */
            locale: "pt-BR" | "en";
            /** @description Fields to be filled in before it can be paid, in the order of the pages; email_proof and terms among them. */
            missing: string[];
            /** @enum {string} */
            next: "plan" | "company" | "email" | "terms" | "payment" | "waiting" | "activate" | "done";
            person: components["schemas"]["SignupPersonView"];
            problems: components["schemas"]["SignupProblem"][];
            quote?: components["schemas"]["SignupQuote"];
            sample_catalog: boolean;
            second_contract: boolean;
            /** @enum {string} */
            state: "draft" | "checkout" | "awaiting" | "paid" | "active" | "expired" | "canceled";
            steps: components["schemas"]["SignupStepView"][];
            /** @description Absent until accepted. */
            terms?: components["schemas"]["SignupTermsView"];
            trade: string;
            /** @description The plan; absent when it is gone. */
            version?: components["schemas"]["SignupOffer"];
        };
        JourneyRow: {
            /** @description The step that waits for an operator; empty for none. */
            attention: string;
            /** @description Empty until the company was made. */
            company_id: string;
            contract_no: string;
            coupon: string;
            /** Format: int64 */
            created_ms: number;
            email: string;
            email_proven: boolean;
            /** Format: int64 */
            expires_ms: number;
            id: string;
            interval: string;
            locale: string;
            /** @description Of the company, as typed. */
            name: string;
            /** @description Of the provider, oldest first; only when one journey is looked at. */
            pages: components["schemas"]["SignupPageView"][];
            /** Format: int64 */
            paid_ms: number;
            person: string;
            phone: string;
            /** @description Of that step. */
            problem: string;
            provider: string;
            /** @enum {string} */
            state: "draft" | "checkout" | "awaiting" | "paid" | "active" | "expired" | "canceled";
            tax_id: string;
            terms: components["schemas"]["SignupAccepted"];
            /** Format: int64 */
            updated_ms: number;
            /** @description Of the plan. */
            version_id: string;
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
        Limit: {
            /** @enum {string} */
            kind: "image" | "video" | "audio" | "document";
            /**
             * Format: int64
             * @description Bytes; 0: the channel carries no such file.
             */
            max: number;
            types: string[];
        };
        Link: {
            title: string;
            url: string;
        };
        ListAuditEntry: {
            items: components["schemas"]["AuditEntry"][];
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
        ListCoupon: {
            items: components["schemas"]["OrderCoupon"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListEntry: {
            items: components["schemas"]["Entry"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListExchangeView: {
            items: components["schemas"]["ExchangeView"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListFound: {
            items: components["schemas"]["CompanyFound"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListingConnection: {
            account_id: string;
            business_id: string;
            cart_enabled: boolean;
            catalog_id: string;
            catalog_name: string;
            catalog_visible: boolean;
            /** Format: int64 */
            connected_ms: number;
            /** @description Why the last test failed: catalog_credentials, catalog_permission, not_connected and so on; empty when it did not. */
            problem: string;
            /**
             * Format: int64
             * @description 0: never.
             */
            tested_ms: number;
            /** @description What Meta says, in its own words. */
            text: string;
        };
        ListingFound: {
            connected: boolean;
            id: string;
            name: string;
        };
        ListingItem: {
            availability: string;
            /** @description A change waits to be sent. */
            dirty: boolean;
            image_url: string;
            meta_name: string;
            meta_price: string;
            name: string;
            /** @description As it was sent, such as 49.90 BRL. */
            price: string;
            product_id: string;
            /** @description Why, as a word of a closed list: to_send, sending, processing, in_review, leaving, sold_out, no_image, image_small and so on; empty when customers see it. */
            reason: string;
            retailer_id: string;
            review: string;
            sale_price: string;
            /**
             * Format: int64
             * @description When Meta was seen to hold it; 0 when it does not.
             */
            seen_ms: number;
            /** Format: int64 */
            sent_ms: number;
            /** @description A message may show it. */
            shown: boolean;
            /** @enum {string} */
            state: "visible" | "waiting" | "problem" | "foreign";
            /** @description What Meta says, in its own words. */
            text: string;
            /** @description Empty for what only Meta knows. */
            variant_id: string;
        };
        ListingOverview: {
            /** @description The channel account that Meta is asked as; empty when none is connected any more. */
            account_id: string;
            /**
             * Format: int64
             * @description Items of which a change waits to be sent.
             */
            dirty: number;
            /**
             * Format: int64
             * @description When it is looked after next.
             */
            due_ms: number;
            /** Format: int64 */
            foreign: number;
            id: string;
            name: string;
            /**
             * Format: int64
             * @description Meta takes nothing before this; 0 when it does.
             */
            parked_ms: number;
            /** Format: int64 */
            problem: number;
            /** @description How many items have which problem. */
            problems: {
                [key: string]: number;
            };
            /** Format: int64 */
            pushed_ms: number;
            /** @description The whole catalog is being read. */
            reading: boolean;
            /**
             * Format: int64
             * @description When the whole catalog was read last.
             */
            seen_ms: number;
            /**
             * Format: int64
             * @description Items that Meta works on.
             */
            sending: number;
            /** @description What Meta says, in its own words. */
            text: string;
            /**
             * Format: int64
             * @description Items that Meta holds, as it told last.
             */
            total: number;
            /** @description Why nothing goes on: catalog_credentials, catalog_permission, catalog_refused, account; empty when all is well. */
            trouble: string;
            /**
             * Format: int64
             * @description Percent of Meta's limit that are used.
             */
            usage: number;
            /** Format: int64 */
            visible: number;
            /** Format: int64 */
            waiting: number;
        };
        ListingSettings: {
            cart_enabled: boolean;
            catalog_visible: boolean;
        };
        ListInvoice: {
            items: components["schemas"]["Invoice"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListItem: {
            items: components["schemas"]["ListingItem"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListJourneyRow: {
            items: components["schemas"]["JourneyRow"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListLetter: {
            items: components["schemas"]["Letter"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListMovement: {
            items: components["schemas"]["ProductMovement"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListOrder: {
            items: components["schemas"]["ShopOrder"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListOverview: {
            items: components["schemas"]["BotOverview"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListPlacedEntry: {
            items: components["schemas"]["PlacedEntry"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListProduct: {
            items: components["schemas"]["ShopProduct"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListPromotion: {
            items: components["schemas"]["PlanPromotion"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListQuarantined: {
            items: components["schemas"]["Quarantined"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListRow: {
            items: components["schemas"]["Row"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListSessionOfBot: {
            items: components["schemas"]["SessionOfBot"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListStatus: {
            items: components["schemas"]["MailStatus"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListTemplate: {
            items: components["schemas"]["Template"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        ListVersionView: {
            items: components["schemas"]["VersionView"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string;
        };
        Location: {
            address?: string;
            /** Format: double */
            latitude: number;
            /** Format: int64 */
            live_seconds?: number;
            /** Format: double */
            longitude: number;
            name?: string;
        };
        MailCircuit: {
            /** @description The sender is in trouble: letters wait, one a minute tries. */
            open: boolean;
            /**
             * Format: int64
             * @description When the next letter tries.
             */
            probe_ms: number;
            problem: string;
            /** @description Who sends mails here; empty for nobody. */
            sender: string;
            /** Format: int64 */
            since_ms: number;
        };
        MailStatus: {
            /** @description It can be sent again as it is. */
            again: boolean;
            /** Format: int64 */
            attempts: number;
            /** @description Empty for letters of the platform to a person. */
            company_id: string;
            /** Format: int64 */
            created_ms: number;
            id: string;
            locale: string;
            /**
             * Format: int64
             * @description When it is tried again, 0 for never.
             */
            next_ms: number;
            /** @description What was said last against it. */
            problem: string;
            /** @description mail_off, withdrawn, expired, refused, gave_up, suppressed, bounced, blocked, dropped; empty for none. */
            reason: string;
            sender: string;
            /** @enum {string} */
            state: "queued" | "sending" | "accepted" | "delivered" | "bounced" | "dropped" | "unknown" | "failed";
            template: string;
            to: string;
            /** Format: int64 */
            updated_ms: number;
        };
        MarkReadInputBody: {
            /**
             * Format: int64
             * @description Number of the last message that was read.
             */
            seq: number;
        };
        Me: {
            companies: components["schemas"]["Membership"][];
            /** @description The company looked at; absent for none. */
            company?: components["schemas"]["Company"];
            features: components["schemas"]["Features"];
            /** @description A second factor is to be set up before anything else. */
            must_enrol: boolean;
            /** @description What may be done here and now: hide the rest. */
            permissions: string[];
            /**
             * @description In that company; empty for none.
             * @enum {string}
             */
            role: "attendant" | "supervisor" | "admin" | "";
            session_id: string;
            /**
             * @description The company stands still: it is being moved to another installation, or it lives there now. Absent for one that works.
             * @enum {string}
             */
            standing?: "moving" | "moved";
            /** @description The operator's look into a company that they are not a member of: it reads only. */
            support?: components["schemas"]["Support"];
            user: components["schemas"]["User"];
        };
        Media: {
            album?: string;
            animated?: boolean;
            blob?: string;
            /** Format: int64 */
            height?: number;
            mime?: string;
            name?: string;
            once?: boolean;
            problem?: string;
            remote?: string;
            round?: boolean;
            /** Format: int64 */
            seconds?: number;
            sha256?: string;
            /** Format: int64 */
            size?: number;
            state?: string;
            thumb?: string;
            url?: string;
            voice?: boolean;
            /** Format: int64 */
            width?: number;
        };
        MediaLimitsOutputBody: {
            items: components["schemas"]["ChannelMediaLimits"][];
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
            state: "active" | "past_due" | "read_only" | "suspended" | "canceled" | "erased";
        };
        Merge: {
            actor_id: string;
            actor_kind: string;
            /** Format: int64 */
            at_ms: number;
            /** @description Who stays. */
            contact_id: string;
            id: string;
            /** @description Who went. */
            other_id: string;
            other_name: string;
            /** Format: int64 */
            undone_ms?: number;
        };
        MergeCartsInputBody: {
            /** @description The other customer. */
            from: string;
        };
        MergeContactsInputBody: {
            /** @description Who goes; this one stays, with its name. */
            other_id: string;
        };
        MergeOutputBody: {
            contact: components["schemas"]["Contact"];
            merge: components["schemas"]["Merge"];
        };
        MergesOutputBody: {
            items: components["schemas"]["Merge"][];
        };
        Message: {
            /**
             * Format: int64
             * @description The platform's time for what came in, ours for the rest.
             */
            at_ms: number;
            /** @description What the platform bills for it; only in threads, absent while it has not said. */
            bill?: components["schemas"]["MessageBill"];
            client_key?: string;
            content: components["schemas"]["Content"];
            conversation_id: string;
            /** Format: int64 */
            created_ms: number;
            /**
             * Format: int64
             * @description When its writer deleted it; the content is kept for the record.
             */
            deleted_ms: number;
            /** Format: int64 */
            delivered_ms: number;
            /** @enum {string} */
            direction: "in" | "out" | "internal";
            /** Format: int64 */
            edited_ms: number;
            error_code?: string;
            error_text?: string;
            /** @description The words before its edits, oldest first. */
            former?: components["schemas"]["Former"][];
            id: string;
            kind: string;
            /**
             * Format: int64
             * @description When a voice note was first heard.
             */
            played_ms: number;
            /** @description The message that this one answers: our id, or the platform's when we do not have it. */
            quoted_id?: string;
            /** @description Emoji by who reacted: customer or company. */
            reactions?: {
                [key: string]: string;
            };
            /** Format: int64 */
            read_ms: number;
            sender_id: string;
            /** @enum {string} */
            sender_kind: "customer" | "bot" | "user" | "system";
            sender_name: string;
            /** Format: int64 */
            sent_ms: number;
            /** Format: int64 */
            seq: number;
            /** @description Empty for internal messages. */
            status: string;
            /** Format: int64 */
            version: number;
        };
        MessageBill: {
            /**
             * Format: int64
             * @description Parts that the platform bills.
             */
            billable: number;
            /** @description marketing, utility, authentication, service, ...: the platform's word. */
            category: string;
            /**
             * Format: int64
             * @description Parts that it does not bill.
             */
            free: number;
            /** @description The platform's word. */
            model: string;
        };
        MessageEvent: {
            conversation?: components["schemas"]["Conversation"];
            message: components["schemas"]["Message"];
        };
        MoveOrderInputBody: {
            reason?: string;
            /** @enum {string} */
            to: "preparing" | "ready" | "out_for_delivery" | "shipped" | "delivered" | "completed";
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        MoveStockInputBody: {
            /**
             * Format: int64
             * @description Pieces added; below 0, taken away.
             */
            quantity: number;
            reason?: string;
        };
        News: {
            /** Format: int64 */
            at_ms: number;
            id: string;
            kind: string;
            /** @description The platform's name of the tier. */
            limit?: string;
            quality?: string;
            /** @description The platform's words. */
            reason?: string;
            status?: string;
            /** Format: int64 */
            until_ms?: number;
        };
        OfferedLimit: {
            /**
             * Format: int64
             * @description -1 for no limit.
             */
            count: number;
            /** @enum {string} */
            meter: "attendants" | "channels" | "bots" | "conversations" | "messages";
            /** @enum {string} */
            over: "block" | "overage";
            /** Format: int64 */
            overage_minor: number;
        };
        OpenedInvitationBody: {
            company_name: string;
            email: string;
            /** Format: int64 */
            expires_ms: number;
            /** @description Ask for the account's password instead of a new one. */
            has_account: boolean;
            /** @enum {string} */
            role: "attendant" | "supervisor" | "admin" | "cost";
        };
        OpenedResetBody: {
            email: string;
        };
        OpenInvitationInputBody: {
            token: string;
        };
        OpenResetInputBody: {
            token: string;
        };
        OpenSignupInputBody: {
            token: string;
        };
        Option: {
            description?: string;
            id: string;
            title: string;
        };
        Order: {
            catalog_id: string;
            items: components["schemas"]["OrderItem"][];
            text?: string;
        };
        OrderCart: {
            contact_id: string;
            coupon_code: string;
            /** @description Why the coupon does not count just now: a reason such as coupon_expired. */
            coupon_flaw?: string;
            currency: string;
            delivery: components["schemas"]["OrderDelivery"];
            /** @description Why the delivery can't be had: a reason such as no_delivery. */
            delivery_flaw?: string;
            /** Format: int64 */
            discount: number;
            id: string;
            lines: components["schemas"]["OrderCartLine"][];
            /** @description A price is not the one that the customer was told. */
            moved: boolean;
            note: string;
            /** Format: int64 */
            shipping: number;
            /** @description A line can't be had in its quantity. */
            short: boolean;
            /** Format: int64 */
            subtotal: number;
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            updated_ms: number;
            /**
             * Format: int64
             * @description 0 while there is no cart.
             */
            version: number;
        };
        OrderCartEvent: {
            cart: components["schemas"]["OrderCart"];
        };
        OrderCartLine: {
            /**
             * Format: int64
             * @description How many can be had; 0 for what is not sold any more.
             */
            available: number;
            /**
             * Format: int64
             * @description The line's part of the coupon.
             */
            discount: number;
            image: string;
            /** Format: int64 */
            list_price: number;
            name: string;
            options: string[];
            /** Format: int64 */
            price: number;
            product_id: string;
            /** Format: int64 */
            quantity: number;
            sku: string;
            /**
             * Format: int64
             * @description What the customer was told last.
             */
            told_price: number;
            /** Format: int64 */
            total: number;
            variant_id: string;
        };
        OrderCoupon: {
            active: boolean;
            /** @description Letters, digits and hyphens; case does not matter. */
            code: string;
            /**
             * Format: int64
             * @description 0 for none.
             */
            contact_limit: number;
            /** Format: int64 */
            created_ms: number;
            /** @description Only for who has ordered nothing yet. */
            first_order: boolean;
            /** Format: int64 */
            from_ms: number;
            id: string;
            /** @enum {string} */
            kind: "percent" | "fixed" | "free_shipping";
            /** Format: int64 */
            min_subtotal: number;
            /**
             * Format: int64
             * @description 0 for never.
             */
            to_ms: number;
            /**
             * Format: int64
             * @description 0 for none.
             */
            total_limit: number;
            /** Format: int64 */
            used: number;
            /**
             * Format: int64
             * @description Basis points (1000 is 10 %) or minor units.
             */
            value: number;
            /** Format: int64 */
            version: number;
        };
        OrderCustomer: {
            name?: string;
            phone?: string;
            /** @description CPF or CNPJ, where the payment needs one. */
            tax_id?: string;
        };
        OrderDelivery: {
            /** @description Street, number and what helps to find it. */
            address?: string;
            cep?: string;
            city?: string;
            readonly kind?: string;
            neighbourhood?: string;
            readonly promise?: string;
            /** @description Empty: the first zone that fits. */
            zone_id?: string;
            readonly zone_name?: string;
        };
        OrderEntry: {
            action: string;
            actor: components["schemas"]["Actor"];
            /** Format: int64 */
            at_ms: number;
            /** Format: int64 */
            quantity: number;
            /** @enum {string} */
            source: "bot" | "whatsapp" | "web" | "attendant";
            variant_id: string;
            /** Format: int64 */
            version: number;
        };
        OrderEvent: {
            actor: components["schemas"]["Actor"];
            /** Format: int64 */
            at_ms: number;
            facts: {
                [key: string]: string;
            };
            from: string;
            /** @enum {string} */
            kind: "placed" | "moved" | "paid" | "edited" | "refund_granted";
            reason: string;
            /** Format: int64 */
            seq: number;
            to: string;
        };
        OrderItem: {
            currency: string;
            price: string;
            /** Format: int64 */
            quantity: number;
            retailer_id: string;
        };
        OrderLine: {
            /** Format: int64 */
            discount: number;
            image: string;
            /** Format: int64 */
            list_price: number;
            name: string;
            options: string[];
            /** Format: int64 */
            price: number;
            product_id: string;
            /** Format: int64 */
            quantity: number;
            /** Format: int64 */
            returned: number;
            sku: string;
            /** Format: int64 */
            total: number;
            variant_id: string;
        };
        OrderPiece: {
            /** Format: int64 */
            quantity: number;
            variant_id: string;
        };
        OrderPlaced: {
            order: components["schemas"]["ShopOrder"];
        };
        OrderQuote: {
            /** Format: int64 */
            price: number;
            zone: components["schemas"]["OrderZone"];
        };
        OrderZone: {
            active: boolean;
            /** @description Eight digits; of kind cep. */
            cep_from: string;
            cep_to: string;
            /** Format: int64 */
            created_ms: number;
            /**
             * Format: int64
             * @description From this subtotal on it is free; 0 for never.
             */
            free_above: number;
            id: string;
            /** @enum {string} */
            kind: "pickup" | "cep" | "neighbourhood" | "flat";
            /** Format: int64 */
            min_order: number;
            name: string;
            /** @description Of kind neighbourhood. */
            neighbourhoods: string[];
            /** Format: int64 */
            position: number;
            /** Format: int64 */
            price: number;
            /** @description Such as: até 40 min. */
            promise: string;
        };
        PasskeyInputBody: {
            /** @description The credential as JSON. */
            passkey: unknown;
        };
        PasskeyOptionsBody: {
            /** @description What navigator.credentials takes, with bytes as base64url. */
            passkey: unknown;
        };
        Pause: {
            /** @description The platform's. */
            code: string;
            /** @enum {string} */
            level: "customer" | "account" | "app" | "campaigns";
            /** @description The platform's words. */
            reason: string;
            /** Format: int64 */
            since_ms: number;
            /** Format: int64 */
            strikes: number;
            /** @description The conversation of level customer; else a mark of the number, page, bot or app. */
            subject: string;
            /** Format: int64 */
            until_ms: number;
        };
        Payer: {
            city?: string;
            /** @description Of the IBGE. */
            city_code?: string;
            complement?: string;
            district?: string;
            /** @description Where fiscal documents go. */
            email: string;
            /** @description The payer keeps the ISS and pays it in the seller's place. */
            iss_withheld?: boolean;
            /** @description company or person; empty while it is not known. */
            kind: string;
            legal_name: string;
            municipal_registration?: string;
            number?: string;
            phone?: string;
            /** @description simples, presumido, real. */
            regime?: string;
            state?: string;
            /** @description Inscrição estadual, or ISENTO. */
            state_registration?: string;
            street?: string;
            /** @description CNPJ or CPF. */
            tax_id: string;
            zip?: string;
        };
        PaymentAccountInputBody: {
            /** @description Empty: stays as it is. */
            access_token?: string;
            /** @description What customers are offered: pix, link, boleto. */
            methods: string[];
            /** @description Told to the vendor as the payer's, since customers in a chat give none. */
            payer_email: string;
            /**
             * Format: int64
             * @description The version that was seen; a later one is a conflict.
             */
            version?: number;
            /** @description Signs the vendor's callbacks. Empty: stays as it is. */
            webhook_secret?: string;
        };
        PaymentAccountView: {
            /** Format: int64 */
            created_ms: number;
            /** @description What customers are offered of it. */
            methods: string[];
            /** @description Told to the vendor as the payer's, since customers in a chat give none. */
            payer_email: string;
            /** @description Why the last test failed; empty when it did not. */
            problem: string;
            provider: string;
            /** @description We hold the secret that signs the vendor's callbacks. Without it they are refused, and payments are only noticed by asking. */
            signed: boolean;
            /**
             * Format: int64
             * @description 0: never.
             */
            tested_ms: number;
            /** Format: int64 */
            updated_ms: number;
            /** Format: int64 */
            version: number;
            /** @description What the vendor must call: to be named in its panel. */
            webhook_url: string;
        };
        PaymentChoice: {
            /** @enum {string} */
            method: "pix" | "cash" | "card" | "boleto" | "link";
            /** @description pix_key, on_delivery or a vendor. */
            provider: string;
        };
        PaymentRefund: {
            /** Format: int64 */
            amount: number;
            /** @description A person sends it and says so. */
            by_hand: boolean;
            /** Format: int64 */
            created_ms: number;
            id: string;
            order_id: string;
            payment_id: string;
            reason: string;
            /** @enum {string} */
            state: "pending" | "sending" | "done";
        };
        PaymentSetting: {
            /** @description Card on delivery. */
            card: boolean;
            /** @description Cash on delivery. */
            cash: boolean;
            /**
             * Format: int64
             * @description How long an order waits for its payment, and stock for it.
             */
            expiry_minutes: number;
            /** @description 15 characters without accents. */
            pix_city: string;
            /** @description The company's own Pix key; empty for none. Payments to it are confirmed by a person. */
            pix_key: string;
            /** @description Who is paid, as banks show it: 25 characters without accents. */
            pix_name: string;
            /** Format: int64 */
            version: number;
        };
        PaymentSettingInputBody: {
            card: boolean;
            cash: boolean;
            /** Format: int64 */
            expiry_minutes: number;
            pix_city?: string;
            pix_key?: string;
            pix_name?: string;
            /**
             * Format: int64
             * @description The version that was seen; a later one is a conflict.
             */
            version?: number;
        };
        PaySignupInputBody: {
            /**
             * @description Absent leaves the choice to the provider's page.
             * @enum {string}
             */
            method?: "card" | "pix" | "boleto";
        };
        PayWay: {
            invoice: components["schemas"]["Invoice"];
            /** @description Of the vendor's page, empty when there is none. */
            url: string;
        };
        Picked: {
            id: string;
            title?: string;
        };
        PictureOutputBody: {
            blob: string;
            mime: string;
            /** Format: int64 */
            size: number;
            /** @description Where anybody may fetch it. */
            url: string;
        };
        PixCode: {
            code: string;
            key?: string;
            key_type?: string;
            merchant?: string;
        };
        PlacedEntry: {
            action: string;
            actor_id: string;
            actor_kind: string;
            actor_name: string;
            /** Format: int64 */
            at_ms: number;
            /** @description Empty for what was done to the platform itself. */
            company_id: string;
            facts: {
                [key: string]: string;
            };
            id: string;
            ip: string;
            target: string;
        };
        PlaceOrderInputBody: {
            /** @description Whose cart is ordered. */
            contact_id?: string;
            conversation_id?: string;
            /** @description With lines. */
            coupon?: string;
            customer?: components["schemas"]["OrderCustomer"];
            /** @description With lines; a cart has its own. */
            delivery?: components["schemas"]["OrderDelivery"];
            /**
             * Format: int64
             * @description The total that the customer agreed to: another one is refused.
             */
            expected_total?: number;
            /** @description Order these instead of a cart. */
            lines?: components["schemas"]["OrderPiece"][];
            note?: string;
            payment: components["schemas"]["PaymentChoice"];
        };
        PlacePlanInputBody: {
            /** Format: int64 */
            position?: number;
            /** @enum {string} */
            state?: "open" | "closed";
        };
        Plan: {
            /** Format: int64 */
            created_ms: number;
            id: string;
            /** @enum {string} */
            line: "massivo" | "enterprise";
            /**
             * Format: int64
             * @description On the page of prices, lowest first.
             */
            position: number;
            slug: string;
            /**
             * @description A closed plan is shown to nobody new.
             * @enum {string}
             */
            state: "open" | "closed";
            /** Format: int64 */
            version: number;
        };
        PlanCheckoutInputBody: {
            /** @enum {string} */
            interval: "month" | "year";
            /** @description The usual one when absent. */
            vendor?: string;
            version_id: string;
        };
        PlanContent: {
            /** Format: int64 */
            annual: number;
            currency: string;
            features: components["schemas"]["PlanText"][];
            highlight: boolean;
            limits: {
                [key: string]: components["schemas"]["CompanyLimit"];
            };
            /** Format: int64 */
            monthly: number;
            name: components["schemas"]["PlanText"];
            summary: components["schemas"]["PlanText"];
            /** Format: int64 */
            trial_days: number;
            trial_needs_payment: boolean;
        };
        PlanEdition: {
            /** Format: int64 */
            created_ms: number;
            id: string;
            /** @enum {string} */
            line: "massivo" | "enterprise";
            /**
             * Format: int64
             * @description On the page of prices, lowest first.
             */
            position: number;
            slug: string;
            /**
             * @description A closed plan is shown to nobody new.
             * @enum {string}
             */
            state: "open" | "closed";
            /** Format: int64 */
            version: number;
            versions: components["schemas"]["PlanVersion"][];
        };
        PlanOffer: {
            /**
             * Format: int64
             * @description Minor units of a year; 0 is not offered.
             */
            annual_minor: number;
            currency: string;
            features: string[];
            highlight: boolean;
            limits: components["schemas"]["OfferedLimit"][];
            /**
             * Format: int64
             * @description Minor units; 0 with an annual price is not offered by the month.
             */
            monthly_minor: number;
            name: string;
            slug: string;
            summary: string;
            /** Format: int64 */
            trial_days: number;
            trial_needs_payment: boolean;
            version_id: string;
        };
        PlanPromotion: {
            active: boolean;
            /** Format: int64 */
            amount: number;
            code: string;
            /** Format: int64 */
            created_ms: number;
            currency: string;
            /**
             * Format: int64
             * @description Periods that cost less, 0 for all.
             */
            cycles: number;
            /** Format: int64 */
            from_ms: number;
            id: string;
            /**
             * Format: int64
             * @description Redemptions, 0 for any number.
             */
            most: number;
            /** Format: int64 */
            percent: number;
            plans: string[];
            /**
             * Format: int64
             * @description 0 for ever.
             */
            to_ms: number;
            /**
             * Format: int64
             * @description Held or used.
             */
            used: number;
            /** Format: int64 */
            version: number;
        };
        PlansOutputBody: {
            currency: string;
            items: components["schemas"]["PlanOffer"][];
            /** @description Ways to pay: card, pix, boleto. */
            methods: string[];
            /** @description Whether a company may sign up by itself. */
            open: boolean;
        };
        PlanText: {
            en: string;
            pt: string;
        };
        PlanVersion: {
            /** Format: int64 */
            annual: number;
            /** Format: int64 */
            created_ms: number;
            currency: string;
            features: components["schemas"]["PlanText"][];
            /** @description SHA-256 of the content, empty of a draft. */
            hash: string;
            highlight: boolean;
            id: string;
            limits: {
                [key: string]: components["schemas"]["CompanyLimit"];
            };
            line: string;
            /** Format: int64 */
            monthly: number;
            name: components["schemas"]["PlanText"];
            /** Format: int64 */
            number: number;
            plan_id: string;
            /** Format: int64 */
            published_ms: number;
            /** Format: int64 */
            revision: number;
            slug: string;
            /** @enum {string} */
            state: "draft" | "published" | "withdrawn";
            summary: components["schemas"]["PlanText"];
            /** Format: int64 */
            trial_days: number;
            trial_needs_payment: boolean;
            /** Format: int64 */
            updated_ms: number;
            /** Format: int64 */
            withdrawn_ms: number;
        };
        Point: {
            facts?: {
                [key: string]: string;
            };
            point: string;
            state: string;
            text?: string;
        };
        Poll: {
            closed?: boolean;
            options: string[];
            question: string;
            several?: boolean;
        };
        PostMedia: {
            /** @description The same for files that were sent together: the thread shows them side by side. */
            album?: string;
            /** @description A WebP picture that goes as a sticker. */
            sticker?: boolean;
            /** @description Id of an upload of one's own. */
            upload: string;
            /** @description A recorded note. */
            voice?: boolean;
        };
        PostMessageInputBody: {
            contacts?: components["schemas"]["Card"][];
            /** @description Buttons under the text that open pages. */
            links?: components["schemas"]["Link"][];
            location?: components["schemas"]["Location"];
            media?: components["schemas"]["PostMedia"];
            /** @description The message that this one answers. */
            quote_id?: string;
            /** @description A message template, in place of all else; it may be sent when the window is closed. */
            template?: components["schemas"]["PostTemplate"];
            /** @description The words, or the caption of a file. */
            text?: string;
        };
        PostNoteInputBody: {
            text: string;
        };
        PostTemplate: {
            /** @description Id of an upload of one's own, for a header that shows a file; absent: the template's own. */
            header_upload?: string;
            template_id: string;
            /** @description By key of the variable: "1", "header.1", "button.1". */
            values?: {
                [key: string]: string;
            };
        };
        Preview: {
            /** @description The change takes effect with the end of the paid period, and nothing is charged before. */
            at_end: boolean;
            /**
             * Format: int64
             * @description The new price for what is left of the period.
             */
            charge_minor: number;
            /**
             * Format: int64
             * @description What is paid and was not used.
             */
            credit_minor: number;
            currency: string;
            /** Format: int64 */
            days: number;
            /** Format: int64 */
            days_left: number;
            /**
             * Format: int64
             * @description Charged at once.
             */
            due_minor: number;
            /** Format: int64 */
            effective_ms: number;
            /**
             * Format: int64
             * @description It is counted by the day: at the end of the day it is another one.
             */
            expires_ms: number;
            /** @enum {string} */
            interval: "month" | "year";
            name: components["schemas"]["PlanText"];
            /**
             * Format: int64
             * @description When the new price is charged in full.
             */
            next_bill_ms: number;
            /**
             * Format: int64
             * @description Of an interval, from then on.
             */
            price_minor: number;
            /** @description What the company uses and the plan does not hold. While there is any the change is refused. */
            short: components["schemas"]["Shortfall"][];
            /** @description Names this preview when the change is confirmed. */
            token: string;
            version_id: string;
        };
        PreviewTemplateInputBody: {
            values?: {
                [key: string]: string;
            };
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
            /** @description What a screen may tell, such as who changed a draft. */
            facts?: {
                [key: string]: string;
            };
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
        ProductBody: {
            brand?: string;
            category_id?: string;
            description?: string;
            /** @description Made of the name when absent. */
            handle?: string;
            images?: components["schemas"]["ProductImage"][];
            name: string;
            ncm?: string;
            options?: string[];
            /** @enum {string} */
            state?: "draft" | "active" | "archived";
            variants: components["schemas"]["VariantBody"][];
            /**
             * Format: int64
             * @description The version that was seen; a later one is a conflict.
             */
            version?: number;
        };
        ProductCollection: {
            /** Format: int64 */
            created_ms: number;
            id: string;
            /** @enum {string} */
            kind: "category" | "list";
            name: string;
            parent_id: string;
            /** Format: int64 */
            position: number;
        };
        ProductEvent: {
            product: components["schemas"]["ShopProduct"];
        };
        ProductFlaw: {
            /** @description The header, empty when it is about the row. */
            column: string;
            message: string;
            /**
             * Format: int64
             * @description As a spreadsheet counts: the headers are row 1.
             */
            row: number;
        };
        ProductGoods: {
            image?: components["schemas"]["ProductImage"];
            name: string;
            options: string[];
            product_id: string;
            retailer_id: string;
            sku: string;
            variant_id: string;
        };
        ProductImage: {
            alt?: string;
            /** @description Hash of an uploaded picture, public under /public/images. */
            blob?: string;
            url?: string;
        };
        ProductLevel: {
            /** Format: int64 */
            on_hand: number;
            /** Format: int64 */
            reserved: number;
            variant_id: string;
        };
        ProductMovement: {
            actor_id: string;
            actor_kind: string;
            /** Format: int64 */
            at_ms: number;
            /** @description What moved it: an order, or the movement itself. */
            cause: string;
            id: string;
            /** @enum {string} */
            kind: "receive" | "adjust" | "hold" | "release" | "sell" | "restock";
            /** Format: int64 */
            on_hand_delta: number;
            reason: string;
            /** Format: int64 */
            reserved_delta: number;
            variant_id: string;
        };
        ProductRef: {
            catalog_id: string;
            retailer_id: string;
        };
        ProductReport: {
            /**
             * Format: int64
             * @description Products.
             */
            changed: number;
            /**
             * Format: int64
             * @description Products.
             */
            created: number;
            /** @enum {string} */
            dialect: "prosa" | "meta" | "shopify";
            dry_run: boolean;
            flaws: components["schemas"]["ProductFlaw"][];
            /**
             * Format: int64
             * @description Products with flaws; the others are taken.
             */
            refused: number;
            /** Format: int64 */
            rows: number;
        };
        ProductStateInputBody: {
            /** @enum {string} */
            state: "draft" | "active" | "archived";
        };
        ProductVariant: {
            archived: boolean;
            barcode: string;
            currency: string;
            id: string;
            image?: components["schemas"]["ProductImage"];
            /**
             * Format: int64
             * @description 0 for no limit.
             */
            max_per_order: number;
            /** Format: int64 */
            on_hand: number;
            /** @description A value for each option of the product. */
            options: string[];
            /**
             * Format: int64
             * @description List price in minor units.
             */
            price: number;
            product_id: string;
            /**
             * Format: int64
             * @description Of those on hand, promised to orders.
             */
            reserved: number;
            /** Format: int64 */
            sale_from_ms: number;
            /**
             * Format: int64
             * @description In minor units; 0 for none.
             */
            sale_price: number;
            /**
             * Format: int64
             * @description The sale ends before this; 0 for never.
             */
            sale_to_ms: number;
            sku: string;
            /** @description False for what is made to order and never runs out. */
            tracked: boolean;
            /** Format: int64 */
            weight_g: number;
        };
        Progress: {
            native?: boolean;
            note?: string;
            number: string;
            page?: string;
            reference?: string;
            step: string;
            view?: string;
        };
        PromotionBody: {
            active: boolean;
            /**
             * Format: int64
             * @description Minor units of each period.
             */
            amount?: number;
            code: string;
            /** @enum {string} */
            currency?: "BRL" | "USD" | "EUR";
            /**
             * Format: int64
             * @description Periods that cost less, 0 for all.
             */
            cycles?: number;
            /** Format: int64 */
            from_ms?: number;
            /**
             * Format: int64
             * @description Redemptions, 0 for any number.
             */
            most?: number;
            /**
             * Format: int64
             * @description Basis points: 1000 is 10 %.
             */
            percent?: number;
            /** @description Ids of plans, empty for all. */
            plans?: string[];
            /**
             * Format: int64
             * @description 0 for ever.
             */
            to_ms?: number;
        };
        ProveSignupInputBody: {
            code: string;
        };
        PublishBotInputBody: {
            /** @description What changed, for the others. */
            note?: string;
            /**
             * Format: int64
             * @description Of the draft that was seen.
             */
            revision: number;
            /**
             * @description What becomes of conversations under way; drain when absent.
             * @enum {string}
             */
            sessions?: "drain" | "move" | "restart";
        };
        PublishedOutputBody: {
            author_id: string;
            /** @description Empty for the system and for who left. */
            author_name: string;
            /** Format: int64 */
            created_ms: number;
            /**
             * Format: int64
             * @description Of the draft after this.
             */
            draft_revision: number;
            /** @description SHA-256 of the flow's canonical text. */
            hash: string;
            live: boolean;
            note: string;
            /** Format: int64 */
            number: number;
            /**
             * @description What became of conversations under way when it was published.
             * @enum {string}
             */
            policy: "drain" | "move" | "restart";
            /**
             * Format: int64
             * @description Conversations under way on it.
             */
            sessions: number;
            version_id: string;
            warnings: components["schemas"]["BotIssue"][];
        };
        PushItemsInputBody: {
            /** @description Retailer ids; absent: all that have a problem or have changed. */
            items?: string[];
        };
        PutSecretInputBody: {
            value: string;
        };
        QrCode: {
            path: string;
            /** Format: int64 */
            size: number;
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
        ReactInputBody: {
            /** @description Empty: take the reaction back. */
            emoji: string;
        };
        Reader: {
            email: string;
            name: string;
            /** @description A second factor is set up; without one nothing is shown. */
            secured: boolean;
            user_id: string;
        };
        ReadEvent: {
            conversation_id: string;
            /** Format: int64 */
            seq: number;
            user_id: string;
        };
        "Record-invoice-paidRequest": {
            /**
             * Format: int64
             * @description When the money came; 0 for now.
             */
            paid_ms: number;
            /** @description Where it was seen. */
            reason: string;
        };
        RecoveryCodesBody: {
            /** @description Empty where the person has codes already. */
            recovery_codes: string[];
        };
        Referral: {
            /** Format: int64 */
            at_ms?: number;
            body?: string;
            click_id?: string;
            headline?: string;
            image_url?: string;
            ref?: string;
            source_id?: string;
            source_type?: string;
            source_url?: string;
            video_url?: string;
        };
        RenameFactorInputBody: {
            name: string;
        };
        ReplayedTurn: {
            /** Format: int64 */
            at_ms: number;
            effects: unknown[];
            input: unknown;
            node: string;
            /** @description It did what was recorded. */
            same: boolean;
            /** Format: int64 */
            seq: number;
            status: string;
            trail: components["schemas"]["BotPassed"][];
            variables: {
                [key: string]: unknown;
            };
            /**
             * Format: int64
             * @description Number of the version that took the turn, 0 when none could.
             */
            version: number;
        };
        ReplayOutputBody: {
            conversation_id: string;
            turns: components["schemas"]["ReplayedTurn"][];
        };
        Report: {
            /** Format: int64 */
            checked_ms: number;
            findings: components["schemas"]["Finding"][];
            /** @description Nothing blocks. */
            ok: boolean;
        };
        "Request-refundRequest": {
            /**
             * Format: int64
             * @description 0 is all that is left.
             */
            amount_minor: number;
            invoice_id: string;
            reason: string;
        };
        ResetFactorsInputBody: {
            email: string;
            reason: string;
        };
        ResetInputBody: {
            password: string;
            token: string;
        };
        ResumeSignupInputBody: {
            email: string;
        };
        RetryStepInputBody: {
            /** @description Corrected data for this step alone, by field: name, tax_id, phone, email, street, city, state, zip. */
            mended?: {
                [key: string]: string;
            };
            reason: string;
        };
        RollBackBotInputBody: {
            note?: string;
            /** Format: int64 */
            number: number;
            /**
             * Format: int64
             * @description Of the draft that was seen, which is replaced; absent: whatever it is.
             */
            revision?: number;
            /**
             * @description Drain when absent.
             * @enum {string}
             */
            sessions?: "drain" | "move" | "restart";
        };
        Room: {
            /** Format: int64 */
            max: number;
            /** @enum {string} */
            unit: "characters" | "utf16" | "bytes";
        };
        Row: {
            account_id: string;
            /** @description What the platform bills of it; only where one conversation was asked for. */
            bills?: components["schemas"]["Bills"];
            /** @description The bot that may be handed back to; empty for none. */
            bot_id: string;
            channel: string;
            /** @description The company blocked this customer. */
            contact_blocked: boolean;
            contact_id: string;
            contact_name: string;
            /** @description Which app answers the thread at the platform; absent while nothing was said of it. */
            control?: components["schemas"]["Control"];
            /** Format: int64 */
            created_ms: number;
            /**
             * Format: int64
             * @description End of the time in which messages cost nothing, since the customer came by an advert; 0 for none.
             */
            free_until_ms: number;
            id: string;
            /**
             * Format: int64
             * @description The platform's time of the customer's last message.
             */
            last_in_ms: number;
            /** Format: int64 */
            last_in_seq: number;
            /**
             * Format: int64
             * @description When the last message came or went.
             */
            last_ms: number;
            /**
             * Format: int64
             * @description Until when a person may still answer after the free window; 0 where nobody may.
             */
            late_ends_ms: number;
            owner_id: string;
            /** @enum {string} */
            owner_kind: "none" | "bot" | "human";
            owner_name: string;
            /** @description What was said before the channel was connected: it can only be read. */
            past: boolean;
            preview: string;
            preview_by: string;
            preview_kind: string;
            /** @description The conversation before this one with the same customer; empty for none. */
            previous_id: string;
            /** @description The advert or link that the customer came by. */
            referral?: components["schemas"]["Referral"];
            /** Format: int64 */
            resolved_ms: number;
            /**
             * Format: int64
             * @description Number of the last message.
             */
            seq: number;
            /**
             * Format: int64
             * @description 0 when not snoozed, or until the customer writes.
             */
            snoozed_until_ms: number;
            /** @enum {string} */
            state: "bot" | "queued" | "open" | "snoozed" | "resolved";
            team: string;
            /**
             * Format: int64
             * @description Messages of the customer that this attendant has not read, at most 10.
             */
            unread: number;
            /**
             * Format: int64
             * @description Grows with every change; of two copies the higher one is true.
             */
            version: number;
            /**
             * Format: int64
             * @description Since when the customer waits for a person; 0 when nobody waits.
             */
            waiting_since_ms: number;
            /**
             * Format: int64
             * @description End of the free reply window; 0 on channels without one.
             */
            window_ends_ms: number;
        };
        Rule: {
            /** @description Marketing only to customers who said yes; else to all who did not say stop. */
            opt_in: boolean;
        };
        RunBotTestsInputBody: {
            /** @description The draft's when absent. */
            definition?: unknown;
            /** @description The draft's when absent. */
            tests?: unknown;
        };
        SagaCount: {
            class: string;
            /** Format: int64 */
            count: number;
        };
        SagaStatus: {
            /** @description What an operator may do. */
            actions: string[];
            /**
             * Format: int64
             * @description Tries that failed.
             */
            attempt: number;
            /** @description The steps that it waits for. */
            blocked: string[];
            /** @description The integration that it needs, empty for none. */
            circuit: string;
            /** @description A word for the problem: down, refused, error, lost, or the integration's. */
            class: string;
            /** @description Of the data that the problem is about. */
            field: string;
            /**
             * Format: int64
             * @description Of a running one: until when its process has it.
             */
            lease_ms: number;
            /** @description Data that an operator corrected. */
            mended: {
                [key: string]: string;
            };
            output: string;
            /** @description The process that has it, or had it last. */
            owner: string;
            /** @description It waits for that integration, without using up tries. */
            parked: boolean;
            /** @description What was said last against it, or why it was skipped. */
            problem: string;
            /**
             * Format: int64
             * @description When it is run, or looked at, again; 0 for not by itself.
             */
            run_ms: number;
            saga_id: string;
            /** @description It waits for news from outside. */
            signal: boolean;
            /** @enum {string} */
            state: "waiting" | "due" | "running" | "done" | "attention" | "skipped" | "canceled";
            step: string;
            /** Format: int64 */
            updated_ms: number;
        };
        SaleSettingInputBody: {
            /** Format: int64 */
            honour_hours: number;
            native_bill: boolean;
            /** Format: int64 */
            remind_minutes: number;
            /**
             * Format: int64
             * @description The version that was seen; a later one is a conflict.
             */
            version?: number;
        };
        SaveBotDraftInputBody: {
            definition: unknown;
            layout?: unknown;
            /**
             * Format: int64
             * @description The one that was seen.
             */
            revision: number;
            tests?: unknown;
        };
        SaveDraftInputBody: {
            text: string;
        };
        SavingBody: {
            /**
             * Format: int64
             * @description 0 is 30.
             */
            before_days?: number;
            currency: string;
            ended?: string;
            environment?: string;
            line?: string;
            name: string;
            note?: string;
            /** Format: int64 */
            planned_hours_off?: number;
            resource?: string;
            service?: string;
            /** @description The first day on which it works. */
            started: string;
        };
        SecondStep: {
            /** Format: int64 */
            expires_ms: number;
            /** @description How it may be taken: totp, passkey, recovery. */
            methods: string[];
            /** @description What navigator.credentials.get takes, with bytes as base64url; absent without a passkey. */
            passkey?: unknown;
        };
        SecondStepInputBody: {
            /** @description Of the app. */
            code?: string;
            /** @description The credential as JSON. */
            passkey?: unknown;
            /** @description A recovery code. */
            recovery?: string;
        };
        SecretsOutputBody: {
            items: components["schemas"]["BotSecretView"][];
        };
        Section: {
            goods: components["schemas"]["Goods"][];
            title?: string;
        };
        Seen: {
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        SessionListBody: {
            items: components["schemas"]["SessionView"][];
        };
        SessionOfBot: {
            /** @description Empty where one may not see the conversation. */
            contact_name: string;
            conversation_id: string;
            /** @description Where it waits, or where it ended. */
            node?: string;
            session_id: string;
            /** Format: int64 */
            started_ms: number;
            /** @enum {string} */
            status: "waiting" | "ended" | "handed_off" | "failed";
            /** Format: int64 */
            turns: number;
            /** Format: int64 */
            updated_ms: number;
            /** Format: int64 */
            version: number;
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
            /**
             * @description How the person proved themselves.
             * @enum {string}
             */
            proof: "password" | "totp" | "passkey" | "recovery" | "demo";
            /**
             * Format: int64
             * @description When they did so last.
             */
            proved_ms: number;
            /** Format: int64 */
            seen_ms: number;
        };
        "Set-invoice-nfseRequest": {
            /** @description Empty takes it back. */
            nfse_number: string;
        };
        Setting: {
            /**
             * Format: int64
             * @description How long a lower price that a catalog really showed still counts for a cart that was sent; 0 for never.
             */
            honour_hours: number;
            /** @description Bills are sent in the channel's own form where it has one (WhatsApp order_details); text and picture where it is refused. */
            native_bill: boolean;
            /**
             * Format: int64
             * @description How long before a Pix ends the payer is reminded; 0 for never.
             */
            remind_minutes: number;
            /** Format: int64 */
            version: number;
        };
        Settings: {
            /** @description Field of a deal that holds the contract's number; it must be unique in the CRM. */
            contract_field: string;
            /** @description Source of new deals and leads; empty leaves it. */
            lead_source: string;
            /** @description Status of new leads; empty leaves it. */
            lead_status: string;
            /** @description Purchases that were begun and abandoned become leads. */
            leads: boolean;
            /** @description Pipeline of new deals; empty where the CRM has none. */
            pipeline: string;
            /** @description What the stages of a deal are called: won, active, canceled. */
            stages: {
                [key: string]: string;
            };
            /** @description Field of an account that holds CNPJ or CPF; it must be unique in the CRM. */
            tax_id_field: string;
            /**
             * Format: int64
             * @description 0: never changed.
             */
            readonly updated_ms: number;
            /**
             * Format: int64
             * @description The version that was seen; a later one is a conflict.
             */
            version: number;
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
            /** @description As whom one enters without a password, at this host. */
            demo_roles: ("attendant" | "supervisor" | "admin" | "cost")[];
            /** @description People are written to: a forgotten password can be replaced by e-mail. */
            mail: boolean;
            /** @description The platform has no user yet: show the set-up page. */
            needed: boolean;
            /** @description Sign-in by passkey is offered. */
            passkeys: boolean;
            /** @description Browsers reach us by https. */
            secure: boolean;
            version: string;
        };
        Shared: {
            id?: string;
            kind: string;
            title?: string;
            url?: string;
        };
        Shelf: {
            button?: string;
            carousel?: boolean;
            catalog_id?: string;
            footer?: string;
            header?: string;
            link?: string;
            sections?: components["schemas"]["Section"][];
        };
        ShopOrder: {
            /** @description What a person has to do about the money: refund_due, overpaid, short_paid, to_collect; empty for nothing. */
            attention: string;
            contact_id: string;
            conversation_id: string;
            coupon_code: string;
            /** Format: int64 */
            created_ms: number;
            currency: string;
            customer: components["schemas"]["OrderCustomer"];
            delivery: components["schemas"]["OrderDelivery"];
            /** Format: int64 */
            discount: number;
            events?: components["schemas"]["OrderEvent"][];
            /** Format: int64 */
            expires_ms: number;
            /**
             * Format: int64
             * @description To be given back though the order lives.
             */
            granted: number;
            id: string;
            lines: components["schemas"]["OrderLine"][];
            note: string;
            /**
             * Format: int64
             * @description Of the company's own count, short enough to dictate.
             */
            number: number;
            /**
             * Format: int64
             * @description All that came, also what went back.
             */
            paid: number;
            payment: components["schemas"]["PaymentChoice"];
            /** @enum {string} */
            payment_state: "unpaid" | "partially_paid" | "paid" | "overpaid" | "partially_refunded" | "refunded";
            payments?: components["schemas"]["ShopPayment"][];
            /** Format: int64 */
            refunded: number;
            refunds?: components["schemas"]["PaymentRefund"][];
            /** Format: int64 */
            shipping: number;
            /** @enum {string} */
            source: "bot" | "whatsapp" | "web" | "attendant";
            /** @enum {string} */
            state: "awaiting_payment" | "confirmed" | "preparing" | "ready" | "out_for_delivery" | "shipped" | "delivered" | "completed" | "expired" | "canceled";
            /** Format: int64 */
            subtotal: number;
            /**
             * Format: int64
             * @description subtotal - discount + shipping
             */
            total: number;
            /** Format: int64 */
            updated_ms: number;
            /** Format: int64 */
            version: number;
        };
        ShopPayment: {
            /**
             * Format: int64
             * @description Asked, in minor units.
             */
            amount: number;
            choice: components["schemas"]["PaymentChoice"];
            /** @description Pix copia e cola, or the line of a boleto. */
            code?: string;
            /** Format: int64 */
            created_ms: number;
            currency: string;
            /** Format: int64 */
            expires_ms: number;
            id: string;
            link?: string;
            order_id: string;
            /** Format: int64 */
            paid: number;
            /** Format: int64 */
            refunded: number;
            /** @enum {string} */
            state: "created" | "pending" | "paid" | "partially_refunded" | "refunded" | "charged_back" | "expired" | "canceled" | "failed";
            /** Format: int64 */
            updated_ms: number;
            /** @description A vendor tells of the money; false: a person has to look. */
            verified: boolean;
            /** Format: int64 */
            version: number;
        };
        ShopProduct: {
            brand: string;
            category_id: string;
            /** Format: int64 */
            created_ms: number;
            description: string;
            /** @description The company's own short name of it, unique. */
            handle: string;
            id: string;
            images: components["schemas"]["ProductImage"][];
            name: string;
            /** @description Fiscal code of goods, eight digits; empty when unknown. */
            ncm: string;
            /** @description Names of what its variants differ in, such as Tamanho. */
            options: string[];
            /** @enum {string} */
            state: "draft" | "active" | "archived";
            /** Format: int64 */
            updated_ms: number;
            variants: components["schemas"]["ProductVariant"][];
            /** Format: int64 */
            version: number;
        };
        Shortfall: {
            /** Format: int64 */
            limit: number;
            meter: string;
            /** Format: int64 */
            used: number;
        };
        ShowProductsInputBody: {
            /** @description Side by side rather than as a list. */
            carousel?: boolean;
            /** @description The way into the whole catalog. */
            catalog?: boolean;
            collection_id?: string;
            /** @description The words above the goods; absent: the company's usual ones. */
            text?: string;
            variant_ids?: string[];
        };
        SignInInputBody: {
            email: string;
            password: string;
        };
        SignupAccepted: {
            /** Format: int64 */
            at_ms: number;
            hash: string;
            ip: string;
            locale: string;
            version: string;
        };
        SignupCheckoutView: {
            boleto_line: string;
            boleto_url: string;
            /** Format: int64 */
            due_ms: number;
            /** Format: int64 */
            expires_ms: number;
            /** @description card, pix, boleto; empty before it was chosen. */
            method: string;
            pix_code: string;
            /** @description declined, refused, trouble (it is being tried again); empty for none. */
            problem: string;
            provider: string;
            /** @enum {string} */
            state: "asked" | "open" | "pending" | "paid" | "failed" | "expired";
            /** @description The provider's page; empty while it is being opened. */
            url: string;
        };
        SignupCompany: {
            city: string;
            /** @description IBGE's number of the municipality. */
            city_code: string;
            complement: string;
            district: string;
            fiscal_email: string;
            iss_withheld: boolean;
            /** @enum {string} */
            kind: "company" | "person";
            legal_name: string;
            municipal_registration: string;
            number: string;
            /** @enum {string} */
            regime: "" | "simples" | "presumido" | "real" | "mei";
            /** @description Two letters. */
            state: string;
            /** @description Inscrição estadual, or ISENTO. */
            state_registration: string;
            street: string;
            /** @description CNPJ, or CPF of a person. */
            tax_id: string;
            /** @description It was shown back and confirmed: its check digits don't notice each mistake. */
            tax_id_confirmed: boolean;
            trade_name: string;
            zip: string;
        };
        SignupLetterView: {
            reason: string;
            state: string;
        };
        SignupOffer: {
            /** Format: int64 */
            annual_minor: number;
            currency: string;
            features: string[];
            highlight: boolean;
            limits: components["schemas"]["SignupOfferLimit"][];
            /** Format: int64 */
            monthly_minor: number;
            name: string;
            slug: string;
            summary: string;
            /** Format: int64 */
            trial_days: number;
            trial_needs_payment: boolean;
            version_id: string;
        };
        SignupOfferLimit: {
            /**
             * Format: int64
             * @description -1 is without limit.
             */
            count: number;
            /** @enum {string} */
            meter: "attendants" | "channels" | "bots" | "conversations" | "messages";
            /** @enum {string} */
            over: "block" | "overage";
            /**
             * Format: int64
             * @description Of each one above the limit.
             */
            overage_minor: number;
        };
        SignupOverview: {
            /** @description Empty until the company was made. */
            company_id: string;
            contract_no: string;
            coupon: string;
            /** Format: int64 */
            created_ms: number;
            email: string;
            email_proven: boolean;
            /** Format: int64 */
            expires_ms: number;
            id: string;
            interval: string;
            locale: string;
            /** @description Of the company, as typed. */
            name: string;
            /** @description Of the provider, oldest first; only when one journey is looked at. */
            pages: components["schemas"]["SignupPageView"][];
            /** Format: int64 */
            paid_ms: number;
            person: string;
            phone: string;
            provider: string;
            /** @enum {string} */
            state: "draft" | "checkout" | "awaiting" | "paid" | "active" | "expired" | "canceled";
            tax_id: string;
            terms: components["schemas"]["SignupAccepted"];
            /** Format: int64 */
            updated_ms: number;
            /** @description Of the plan. */
            version_id: string;
        };
        SignupPageView: {
            checkout_id: string;
            /** Format: int64 */
            created_ms: number;
            /** Format: int64 */
            discount_minor: number;
            /** Format: int64 */
            due_ms: number;
            /** @description The visitor went on without it. One that was paid and left is money to be sent back. */
            left: boolean;
            method: string;
            /** Format: int64 */
            price_minor: number;
            problem: string;
            provider: string;
            /** @enum {string} */
            state: "asked" | "open" | "pending" | "paid" | "failed" | "expired";
            subscription_id: string;
            /** Format: int64 */
            try: number;
            /** Format: int64 */
            updated_ms: number;
        };
        SignupPatch: {
            city?: string;
            city_code?: string;
            complement?: string;
            /** @description Empty for none. */
            coupon?: string;
            district?: string;
            email?: string;
            fiscal_email?: string;
            /** @enum {string} */
            interval?: "month" | "year";
            iss_withheld?: boolean;
            /** @enum {string} */
            kind?: "company" | "person";
            legal_name?: string;
            municipal_registration?: string;
            name?: string;
            number?: string;
            phone?: string;
            /** @description simples, presumido, real, mei; empty for not told. */
            regime?: string;
            sample_catalog?: boolean;
            /** @description Another contract of a company that has one is meant. */
            second_contract?: boolean;
            state?: string;
            state_registration?: string;
            street?: string;
            tax_id?: string;
            tax_id_confirmed?: boolean;
            trade?: string;
            trade_name?: string;
            version_id?: string;
            zip?: string;
        };
        SignupPersonView: {
            email: string;
            email_proven: boolean;
            name: string;
            phone: string;
        };
        SignupProblem: {
            /** @description required_form, unknown, company_exists, plan_withdrawn, coupon_unknown, coupon_expired, coupon_exhausted, coupon_not_for_plan; warnings: registration_doubtful. */
            code: string;
            field: string;
            /** @description For a developer, in English. */
            message: string;
            /** @description It keeps nobody from going on. */
            warning: boolean;
        };
        SignupQuote: {
            coupon: string;
            /** @description Why the coupon that was typed counts for nothing: coupon_unknown, coupon_expired, coupon_exhausted, coupon_not_for_plan; empty for none. */
            coupon_problem: string;
            currency: string;
            /**
             * Format: int64
             * @description 0 with a discount is for ever.
             */
            discount_cycles: number;
            /**
             * Format: int64
             * @description Taken off each of the first discount_cycles intervals.
             */
            discount_minor: number;
            /** Format: int64 */
            first_due_ms: number;
            /**
             * Format: int64
             * @description Of the first bill.
             */
            first_minor: number;
            /**
             * Format: int64
             * @description Of an interval, before the discount.
             */
            price_minor: number;
            /** Format: int64 */
            trial_days: number;
        };
        SignupStepView: {
            /** Format: int64 */
            at_ms: number;
            /** @enum {string} */
            name: "payment" | "company" | "bots" | "catalog" | "letter" | "activation";
            /** @enum {string} */
            state: "waiting" | "running" | "done" | "trouble";
        };
        SignupTerms: {
            /** @description SHA-256 of the text's bytes, in hexadecimal: what exactly was agreed to. */
            hash: string;
            markdown: string;
            title: string;
            version: string;
        };
        SignupTermsView: {
            /** Format: int64 */
            accepted_ms: number;
            hash: string;
            version: string;
        };
        SignupTrade: {
            bots: components["schemas"]["SignupTradeBot"][];
            key: string;
            /** @description In the language asked for, as is the summary. */
            name: string;
            summary: string;
        };
        SignupTradeBot: {
            name: string;
            template: string;
        };
        SkipStepInputBody: {
            reason: string;
        };
        Slide: {
            links?: components["schemas"]["Link"][];
            media?: components["schemas"]["Media"];
            options?: components["schemas"]["Option"][];
            text?: string;
            title?: string;
        };
        SnoozeInputBody: {
            /**
             * Format: int64
             * @description 0: until the customer writes.
             */
            until_ms: number;
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        "Start-cost-importRequest": {
            /** @description Empty for all. */
            source?: string;
        };
        StartBotInputBody: {
            bot_id: string;
            /**
             * Format: int64
             * @description The version that was seen: a later one is a conflict. Absent: do it anyway.
             */
            version?: number;
        };
        State: {
            /** Format: int64 */
            at_ms: number;
            granted: boolean;
            source: string;
            topic: string;
        };
        Status: {
            /** @description Data centre of the account. */
            centre: string;
            client_id: string;
            connected: boolean;
            /**
             * Format: int64
             * @description No access token is asked for until then; 0: it may be.
             */
            cooldown_ms: number;
            /** Format: int64 */
            created_ms: number;
            /**
             * Format: int64
             * @description Calls left in the vendor's day; -1: it did not say, which it does not before half are used.
             */
            credits: number;
            /** @description Whose CRM it is, as it told. */
            organization: string;
            /** @description What was said last against us. */
            problem: string;
            /**
             * Format: int64
             * @description The last call that went well, to the minute; 0: none.
             */
            success_ms: number;
            /**
             * Format: int64
             * @description 0: never.
             */
            tested_ms: number;
            /** @description down, throttled or locked; empty when all is well. Locked needs an operator: connect anew, or mend what the problem says. */
            trouble: string;
            /** Format: int64 */
            updated_ms: number;
            /** @description zoho. */
            vendor: string;
        };
        Step: {
            /** Format: int64 */
            at_ms: number;
            /** @enum {string} */
            name: "retry" | "reminder" | "warning" | "read_only" | "suspended" | "deletion_notice";
            taken: boolean;
        };
        StepUpInputBody: {
            code?: string;
            passkey?: unknown;
            password?: string;
        };
        SubscribeOutputBody: {
            ok: boolean;
            /** @description The platform's words. */
            problem?: string;
            webhook_url: string;
        };
        Subscription: {
            /** @description Of a card, to recognize it. */
            brand: string;
            /** Format: int64 */
            created_ms: number;
            currency: string;
            /**
             * Format: int64
             * @description 0 is for ever.
             */
            discount_cycles: number;
            /** Format: int64 */
            discount_minor: number;
            /**
             * Format: int64
             * @description 0 while it runs.
             */
            ended_ms: number;
            /** @description It was canceled and ends with the paid period. */
            ends_at_period: boolean;
            id: string;
            /** @enum {string} */
            interval: "month" | "year";
            last4: string;
            /** @description card, pix, boleto; empty while unknown. */
            method: string;
            /**
             * Format: int64
             * @description Since when a payment is missing, 0 for not.
             */
            overdue_ms: number;
            /** Format: int64 */
            period_end_ms: number;
            /** Format: int64 */
            period_start_ms: number;
            /**
             * Format: int64
             * @description Of an interval.
             */
            price_minor: number;
            /** @description Who takes the money: stripe, asaas, manual; empty while nobody does (a trial without a way to pay). */
            provider: string;
            /** @description Why it ends, as the company said. */
            reason: string;
            /** @enum {string} */
            state: "trialing" | "active" | "past_due" | "read_only" | "suspended" | "ended";
            /**
             * Format: int64
             * @description 0 for none.
             */
            trial_end_ms: number;
            /** @description Of the plan. */
            version_id: string;
        };
        Support: {
            /** @description Empty while nobody approved, and where there was no second operator. */
            approver_name: string;
            /** Format: int64 */
            asked_ms: number;
            company_id: string;
            /** Format: int64 */
            ended_ms: number;
            /** Format: int64 */
            expires_ms: number;
            id: string;
            /** Format: int64 */
            opened_ms: number;
            operator_id: string;
            operator_name: string;
            reason: string;
            /** @enum {string} */
            state: "asked" | "open" | "refused" | "ended" | "expired";
        };
        SwitchInputBody: {
            company_id: string;
        };
        SyncTemplatesInputBody: {
            account_id: string;
        };
        TakeEnvironmentInputBody: {
            /** Format: int64 */
            minutes: number;
            /** @description What for: others read it. */
            why: string;
        };
        Template: {
            body: string;
            buttons?: components["schemas"]["TemplateButton"][];
            category: string;
            /** Format: int64 */
            created_ms: number;
            editable: components["schemas"]["TemplateEditable"];
            edited_ms?: number[];
            /** @description The platform's id. */
            external_id?: string;
            footer?: string;
            foreign?: string[];
            /** @enum {string} */
            format?: "positional" | "named";
            header?: components["schemas"]["TemplateHeader"];
            id: string;
            /** @description As the platform writes it: pt_BR, en_US. */
            language: string;
            name: string;
            /** @description Why it can't be sent, as a reason: not_approved, paused, disabled, gone, foreign; absent when it can. */
            obstacle?: string;
            /** @description green, yellow, red or unknown. */
            quality?: string;
            /** @description Why it stands so, in the platform's words. */
            reason?: string;
            samples?: {
                [key: string]: string;
            };
            /** @description approved, pending, rejected, paused, disabled, archived, ...; gone: the platform has it no more. */
            status: string;
            /**
             * Format: int64
             * @description When the status was told.
             */
            status_ms: number;
            /**
             * Format: int64
             * @description When it was read from the platform last; absent: never.
             */
            synced_ms?: number;
            /** Format: int64 */
            updated_ms: number;
            /** @description What a message has to fill in. */
            variables: components["schemas"]["TemplateVariable"][];
            /** @description The WhatsApp business account; its numbers share its templates. */
            waba_id: string;
        };
        TemplateButton: {
            /** @description quick_reply, url, phone_number, copy_code; or one that was made at the platform: otp, flow, catalog, ... */
            kind: string;
            /** @description Of kind phone_number, with + and country. */
            phone?: string;
            /** @description Its label; the platform writes that of copy_code by itself. */
            text: string;
            /** @description Of kind url; may end in {{1}}. */
            url?: string;
        };
        TemplateChange: {
            /** Format: int64 */
            at_ms: number;
            /** @enum {string} */
            kind: "status" | "quality" | "category" | "content";
            reason?: string;
            value: string;
        };
        TemplateDetail: {
            body: string;
            buttons?: components["schemas"]["TemplateButton"][];
            category: string;
            /** Format: int64 */
            created_ms: number;
            editable: components["schemas"]["TemplateEditable"];
            edited_ms?: number[];
            /** @description The platform's id. */
            external_id?: string;
            footer?: string;
            foreign?: string[];
            /** @enum {string} */
            format?: "positional" | "named";
            header?: components["schemas"]["TemplateHeader"];
            /** @description Newest first. */
            history: components["schemas"]["TemplateChange"][];
            id: string;
            /** @description As the platform writes it: pt_BR, en_US. */
            language: string;
            /** @description Other languages of the same name. */
            languages: string[];
            name: string;
            /** @description Why it can't be sent, as a reason: not_approved, paused, disabled, gone, foreign; absent when it can. */
            obstacle?: string;
            /** @description green, yellow, red or unknown. */
            quality?: string;
            /** @description Why it stands so, in the platform's words. */
            reason?: string;
            samples?: {
                [key: string]: string;
            };
            /** @description approved, pending, rejected, paused, disabled, archived, ...; gone: the platform has it no more. */
            status: string;
            /**
             * Format: int64
             * @description When the status was told.
             */
            status_ms: number;
            /**
             * Format: int64
             * @description When it was read from the platform last; absent: never.
             */
            synced_ms?: number;
            /** Format: int64 */
            updated_ms: number;
            /** @description What a message has to fill in. */
            variables: components["schemas"]["TemplateVariable"][];
            /** @description The WhatsApp business account; its numbers share its templates. */
            waba_id: string;
        };
        TemplateEditable: {
            ok: boolean;
            /** @enum {string} */
            reason?: "pending" | "status" | "day" | "month";
            /**
             * Format: int64
             * @description From then on it may.
             */
            until_ms?: number;
        };
        TemplateHeader: {
            /** @enum {string} */
            kind: "text" | "image" | "video" | "document" | "location";
            sample?: components["schemas"]["Media"];
            /** @description Of kind text; may hold one variable. */
            text?: string;
        };
        TemplatePlace: {
            account_id: string;
            display: string;
            /** Format: int64 */
            found: number;
            name: string;
            /** @description A reason, when the last reading failed. */
            problem?: string;
            problem_text?: string;
            /**
             * Format: int64
             * @description 0: never.
             */
            synced_ms: number;
            /** Format: int64 */
            tried_ms: number;
            /** @description Empty: the account's settings name none, so it has no templates here. */
            waba_id: string;
        };
        TemplatePreview: {
            /** @description Keys of variables without a value; in the preview they stand as they are written. */
            missing: string[];
            shown: components["schemas"]["TemplateShown"];
        };
        TemplateReading: {
            /** Format: int64 */
            found: number;
            /** @description A reason, when the last reading failed. */
            problem?: string;
            problem_text?: string;
            /**
             * Format: int64
             * @description 0: never.
             */
            synced_ms: number;
            /** Format: int64 */
            tried_ms: number;
        };
        TemplateRef: {
            category?: string;
            components?: unknown;
            header?: components["schemas"]["Media"];
            id?: string;
            language: string;
            name: string;
            shown?: components["schemas"]["TemplateShown"];
        };
        TemplateShown: {
            buttons?: string[];
            footer?: string;
            header?: string;
            text: string;
        };
        TemplatesOutputBody: {
            items: components["schemas"]["BotTemplate"][];
        };
        TemplateVariable: {
            /** @enum {string} */
            in: "header" | "body" | "button";
            key: string;
            /** Format: int64 */
            max: number;
            sample?: string;
        };
        TestChannelInputBody: {
            text?: string;
            /** @description WhatsApp: the number with its country code. Else the id of somebody who wrote to the channel. */
            to: string;
        };
        TestChannelOutputBody: {
            ok: boolean;
            /** @description The platform's words. */
            problem?: string;
        };
        ThreadOutputBody: {
            items: components["schemas"]["Message"][];
            /** @description There are earlier ones; with after, later ones. */
            more: boolean;
        };
        TokenInputBody: {
            app_secret?: string;
            /**
             * @description Of what waits in the queue: send it all, give up what is older than a day (most reply windows are over), or give up everything.
             * @default none
             * @enum {string}
             */
            discard: "none" | "old" | "all";
            token?: string;
        };
        TypingInputBody: {
            typing: boolean;
        };
        Upload: {
            animated?: boolean;
            /** Format: int64 */
            created_ms: number;
            /** Format: int64 */
            height?: number;
            id: string;
            /** @enum {string} */
            kind: "image" | "video" | "audio" | "document";
            mime: string;
            name: string;
            /** Format: int64 */
            seconds?: number;
            /**
             * Format: int64
             * @description Bytes.
             */
            size: number;
            /** @description OGG with Opus in one channel: may be sent as a recorded note. */
            voice_note?: boolean;
            /**
             * Format: int64
             * @description Pixels.
             */
            width?: number;
        };
        UrlOutputBody: {
            url: string;
        };
        UsageOutputBody: {
            items: components["schemas"]["CompanyUsed"][];
            plan_name: string;
            /** @description Empty for a company without a plan, which has no limits. */
            plan_version_id: string;
            /** @description The bots are silent, since something of the month is used up. */
            silent: boolean;
        };
        User: {
            /** @description Reads what the platform costs, and nothing else of it. */
            cost: boolean;
            email: string;
            id: string;
            /** @enum {string} */
            locale: "pt-BR" | "en";
            name: string;
            /** @description The platform's staff. */
            operator: boolean;
        };
        VariantBody: {
            barcode?: string;
            id?: string;
            image?: components["schemas"]["ProductImage"];
            /** Format: int64 */
            max_per_order?: number;
            /**
             * Format: int64
             * @description The first count of a new variant.
             */
            on_hand?: number;
            options?: string[];
            /**
             * Format: int64
             * @description In minor units.
             */
            price: number;
            /** Format: int64 */
            sale_from_ms?: number;
            /** Format: int64 */
            sale_price?: number;
            /** Format: int64 */
            sale_to_ms?: number;
            sku: string;
            /** @description True when absent. */
            tracked?: boolean;
            /** Format: int64 */
            weight_g?: number;
        };
        VersionOutputBody: {
            author_id: string;
            /** @description Empty for the system and for who left. */
            author_name: string;
            /** Format: int64 */
            created_ms: number;
            definition: unknown;
            /** @description SHA-256 of the flow's canonical text. */
            hash: string;
            layout: unknown;
            live: boolean;
            note: string;
            /** Format: int64 */
            number: number;
            /**
             * @description What became of conversations under way when it was published.
             * @enum {string}
             */
            policy: "drain" | "move" | "restart";
            /**
             * Format: int64
             * @description Conversations under way on it.
             */
            sessions: number;
            tests: unknown;
            version_id: string;
        };
        VersionView: {
            author_id: string;
            /** @description Empty for the system and for who left. */
            author_name: string;
            /** Format: int64 */
            created_ms: number;
            /** @description SHA-256 of the flow's canonical text. */
            hash: string;
            live: boolean;
            note: string;
            /** Format: int64 */
            number: number;
            /**
             * @description What became of conversations under way when it was published.
             * @enum {string}
             */
            policy: "drain" | "move" | "restart";
            /**
             * Format: int64
             * @description Conversations under way on it.
             */
            sessions: number;
            version_id: string;
        };
        View: {
            /** @description The ledger, newest first, at most 200. */
            entries: components["schemas"]["Entry"][];
            /** @description Whether marketing may be sent to them now. */
            marketing: boolean;
            /** @description Whether the company asks for a yes first. */
            opt_in: boolean;
            /** @description What counts now, by topic. */
            states: components["schemas"]["State"][];
        };
        Viewers: {
            team_ids?: string[];
            user_ids?: string[];
        };
        Wanted: {
            /** @enum {string} */
            interval: "month" | "year";
            version_id: string;
        };
        Wish: {
            /** Format: int64 */
            amount_minor?: number;
            approved_by: string;
            asked_by: string;
            bill_id?: string;
            /** Format: int64 */
            created_ms: number;
            currency?: string;
            /**
             * Format: int64
             * @description Billed at once.
             */
            due_minor?: number;
            /** @description Its line on the bill. */
            due_text?: string;
            /**
             * Format: int64
             * @description When a change takes effect.
             */
            effective_ms?: number;
            /** Format: int64 */
            expires_ms?: number;
            id: string;
            interval?: string;
            invoice_id?: string;
            /** @enum {string} */
            kind: "change" | "cancel" | "resume" | "checkout" | "refund";
            locale?: string;
            /** Format: int64 */
            new_period_ms?: number;
            /**
             * Format: int64
             * @description When it is worked on next, 0 for never.
             */
            next_ms: number;
            /** @description A Pix or a boleto was issued, the money is awaited. */
            pending?: boolean;
            /** Format: int64 */
            price_minor?: number;
            /** @description The vendor knows the new price already. */
            priced?: boolean;
            /** @description What was said last against it. */
            problem: string;
            provider?: string;
            /** @description Of a refund, and of an end. */
            reason?: string;
            /** @enum {string} */
            state: "requested" | "planned" | "asking" | "open" | "done" | "refused" | "dropped";
            /** Format: int64 */
            tries: number;
            /** @description Of the page on which is paid. */
            url?: string;
            version_id?: string;
        };
        WriteConsentInputBody: {
            granted: boolean;
            /** @description By what: a signed form, their words on the telephone. */
            proof?: string;
            /** @description marketing when absent. */
            topic?: string;
        };
        ZoneBody: {
            active: boolean;
            cep_from?: string;
            cep_to?: string;
            /** Format: int64 */
            free_above?: number;
            /** @enum {string} */
            kind: "pickup" | "cep" | "neighbourhood" | "flat";
            /** Format: int64 */
            min_order?: number;
            name: string;
            neighbourhoods?: string[];
            /** Format: int64 */
            position?: number;
            /** Format: int64 */
            price?: number;
            promise?: string;
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
    "list-abilities": {
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
                    "application/json": components["schemas"]["AbilitiesOutputBody"];
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
    "get-archive": {
        parameters: {
            query?: {
                /** @description With the pictures and the files of messages. */
                files?: boolean;
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
    "get-billing": {
        parameters: {
            query?: {
                /** @description Language of the plans. */
                locale?: "pt-BR" | "en";
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
                    "application/json": components["schemas"]["Billing"];
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
    "cancel-plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CancelPlanInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wish"];
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
    "change-plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePlanInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wish"];
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
    "drop-plan-change": {
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
    "start-plan-checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanCheckoutInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wish"];
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
    "list-invoices": {
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
                    "application/json": components["schemas"]["ListInvoice"];
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
    "export-invoices": {
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
    "get-method-page": {
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
                    "application/json": components["schemas"]["UrlOutputBody"];
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
    "get-pay-url": {
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
                    "application/json": components["schemas"]["PayWay"];
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
    "set-payer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Payer"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payer"];
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
    "preview-plan-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Wanted"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
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
    "resume-plan": {
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
                    "application/json": components["schemas"]["Wish"];
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
    "list-bot-secrets": {
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
                    "application/json": components["schemas"]["SecretsOutputBody"];
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
    "put-bot-secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As flows write it: {{secret.NAME}}. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutSecretInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotSecretView"];
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
    "delete-bot-secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As flows write it: {{secret.NAME}}. */
                name: string;
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
    "list-bot-templates": {
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
                    "application/json": components["schemas"]["TemplatesOutputBody"];
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
                /** @description The active ones when absent. */
                state?: "active" | "archived";
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
                    "application/json": components["schemas"]["ListOverview"];
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
    "create-bot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateBotInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotOverview"];
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
    "change-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeBotInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotOverview"];
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
    "bind-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BindBotInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotOverview"];
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
    "unbind-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                bot: string;
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
    "get-bot-counts": {
        parameters: {
            query?: {
                /** @description Number of a version, the live one when absent. */
                version?: number;
            };
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
                    "application/json": components["schemas"]["BotCounts"];
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
    "compare-bot": {
        parameters: {
            query?: {
                /** @description A number, draft or live; live when absent. */
                from?: string;
                /** @description A number, draft or live; draft when absent. */
                to?: string;
            };
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
                    "application/json": components["schemas"]["CompareBotOutputBody"];
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
    "get-bot-draft": {
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
                    "application/json": components["schemas"]["BotDraft"];
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
    "save-bot-draft": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveBotDraftInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotDraft"];
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
    "explore-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExploreBotInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotExploration"];
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
    "export-bot": {
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
                    "application/json": components["schemas"]["BotFile"];
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
    "get-bot-impact": {
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
                    "application/json": components["schemas"]["BotImpact"];
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
    "publish-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishBotInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedOutputBody"];
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
    "roll-back-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBackBotInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedOutputBody"];
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
    "list-bot-sessions": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                /** @description Those that wait there. */
                node?: string;
                status?: "waiting" | "ended" | "handed_off" | "failed";
                /** @description Number of a version, all when absent. */
                version?: number;
            };
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
                    "application/json": components["schemas"]["ListSessionOfBot"];
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
    "replay-bot-session": {
        parameters: {
            query?: {
                /** @description What this version would have done with the same inputs; absent: what happened. */
                version?: number;
            };
            header?: never;
            path: {
                bot: string;
                session: string;
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
                    "application/json": components["schemas"]["ReplayOutputBody"];
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
    "simulate-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BotTurn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotSimulated"];
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
    "record-bot-test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BotRecording"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotTest"];
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
    "run-bot-tests": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunBotTestsInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotOutcome"];
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
    "list-bot-versions": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
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
                    "application/json": components["schemas"]["ListVersionView"];
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
    "get-bot-version": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bot: string;
                number: number;
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
                    "application/json": components["schemas"]["VersionOutputBody"];
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
    "check-flow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckFlowInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotReport"];
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
    "get-channel-guide": {
        parameters: {
            query?: {
                flavour?: "page" | "login";
            };
            header?: never;
            path: {
                channel: "whatsapp" | "telegram" | "messenger" | "instagram";
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
                    "application/json": components["schemas"]["Guide"];
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
            path: {
                channel: string;
            };
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
    "check-channel": {
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
                    "application/json": components["schemas"]["CheckOutputBody"];
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
    "connect-channel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectInputBody"];
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
    "disconnect-channel": {
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
                    "application/json": components["schemas"]["DisconnectOutputBody"];
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
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
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
    "get-channel-health": {
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
                    "application/json": components["schemas"]["Health"];
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
    "test-channel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestChannelInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestChannelOutputBody"];
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
    "rotate-channel-token": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenInputBody"];
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
    "list-collections": {
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
                    "application/json": components["schemas"]["AllCollectionBody"];
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
    "create-collection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CollectionBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductCollection"];
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
    "change-collection": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                collection: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CollectionBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductCollection"];
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
    "delete-collection": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                collection: string;
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
    "set-collection-items": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                collection: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemsInputBody"];
            };
        };
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
    "get-factor-policy": {
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
                    "application/json": components["schemas"]["FactorPolicyBody"];
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
    "set-factor-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FactorPolicyBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactorPolicyBody"];
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
    "get-consent-rule": {
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
                    "application/json": components["schemas"]["Rule"];
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
    "set-consent-rule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rule"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
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
    "list-consents": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                granted?: "true" | "false";
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                topic?: string;
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
                    "application/json": components["schemas"]["ListEntry"];
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
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
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
            path: {
                contact: string;
            };
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
            path: {
                contact: string;
            };
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
    "get-cart": {
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
                    "application/json": components["schemas"]["OrderCart"];
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
    "clear-cart": {
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
                    "application/json": components["schemas"]["OrderCart"];
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
    "set-cart-coupon": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartCouponInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderCart"];
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
    "set-cart-delivery": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartDeliveryInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderCart"];
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
    "list-cart-entries": {
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
                    "application/json": components["schemas"]["AllEntryBody"];
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
    "change-cart-line": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartLineInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderCart"];
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
    "merge-carts": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeCartsInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderCart"];
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
    "get-consents": {
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
                    "application/json": components["schemas"]["View"];
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
    "write-consent": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteConsentInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
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
    "list-contact-conversations": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
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
                    "application/json": components["schemas"]["ListRow"];
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
    "list-duplicates": {
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
                    "application/json": components["schemas"]["DuplicatesOutputBody"];
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
    "merge-contacts": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeContactsInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergeOutputBody"];
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
    "list-merges": {
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
                    "application/json": components["schemas"]["MergesOutputBody"];
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
    "part-contacts": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contact: string;
                merge: string;
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
    "list-conversations": {
        parameters: {
            query?: {
                account_id?: string;
                channel?: string;
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                /** @description Part of the customer's name or number, or of the last message. */
                q?: string;
                /** @description All when absent. */
                view?: "mine" | "queue" | "bot" | "open" | "snoozed" | "resolved" | "all";
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
                    "application/json": components["schemas"]["ListRow"];
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
    "get-conversation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
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
                    "application/json": components["schemas"]["Row"];
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
    "assign-conversation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
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
    "get-draft": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
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
                    "application/json": components["schemas"]["Draft"];
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
    "save-draft": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveDraftInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"];
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
    "hand-back-conversation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HandBack"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
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
    "list-messages": {
        parameters: {
            query?: {
                after?: number;
                before?: number;
                limit?: number;
            };
            header?: never;
            path: {
                conversation: string;
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
                    "application/json": components["schemas"]["ThreadOutputBody"];
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
    "post-message": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PostMessageInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    "post-note": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PostNoteInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    "show-products": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShowProductsInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    "mark-conversation-read": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkReadInputBody"];
            };
        };
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
    "reopen-conversation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Seen"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
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
    "resolve-conversation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Seen"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
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
    "snooze-conversation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SnoozeInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
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
    "start-bot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartBotInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
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
    "take-conversation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Seen"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
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
    "show-typing": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TypingInputBody"];
            };
        };
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
    "count-conversations": {
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
                    "application/json": components["schemas"]["Counts"];
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
    "list-coupons": {
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
                    "application/json": components["schemas"]["ListCoupon"];
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
    "create-coupon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CouponBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderCoupon"];
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
    "change-coupon": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                coupon: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CouponBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderCoupon"];
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
    "quote-delivery": {
        parameters: {
            query?: {
                address?: string;
                cep?: string;
                neighbourhood?: string;
                /** @description In minor units. */
                subtotal?: number;
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
                    "application/json": components["schemas"]["AllQuoteBody"];
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
    "list-zones": {
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
                    "application/json": components["schemas"]["AllZoneBody"];
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
    "create-zone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ZoneBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderZone"];
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
    "change-zone": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                zone: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ZoneBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderZone"];
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
    "delete-zone": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                zone: string;
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
    "list-factors": {
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
                    "application/json": components["schemas"]["Factors"];
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
    "remove-factor": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                factor: string;
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
    "rename-factor": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                factor: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameFactorInputBody"];
            };
        };
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
    "add-app": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppSeedBody"];
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
    "confirm-app": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmAppInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesBody"];
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
    "confirm-passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmPasskeyInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesBody"];
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
    "add-passkey": {
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
                    "application/json": components["schemas"]["PasskeyOptionsBody"];
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
    "renew-recovery-codes": {
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
                    "application/json": components["schemas"]["RecoveryCodesBody"];
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
    "list-goods": {
        parameters: {
            query?: {
                /** @description The channel's catalog that the ids are of. */
                catalog_id?: string;
                /** @description Separated by commas. */
                id?: string[] | null;
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
                    "application/json": components["schemas"]["AllGoodsBody"];
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
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondStep"];
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
    "resend-invitation": {
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailStatus"];
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
    "list-catalog-accounts": {
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
                    "application/json": components["schemas"]["AllCatalogAccountViewBody"];
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
    "connect-catalog": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectCatalogInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListingConnection"];
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
    "disconnect-catalog": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
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
    "list-offered-catalogs": {
        parameters: {
            query?: {
                business_id?: string;
            };
            header?: never;
            path: {
                account: string;
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
                    "application/json": components["schemas"]["AllFoundBody"];
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
    "save-catalog-settings": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListingSettings"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListingConnection"];
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
    "test-catalog": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
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
                    "application/json": components["schemas"]["ListingConnection"];
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
    "list-catalogs": {
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
                    "application/json": components["schemas"]["AllOverviewBody"];
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
    "import-catalog-item": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                catalog: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportItemInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopProduct"];
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
    "list-catalog-items": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                product_id?: string;
                q?: string;
                reason?: string;
                /** @description All when absent. */
                state?: "visible" | "waiting" | "problem" | "foreign";
            };
            header?: never;
            path: {
                catalog: string;
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
                    "application/json": components["schemas"]["ListItem"];
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
    "push-catalog": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                catalog: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PushItemsInputBody"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
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
    "refresh-catalog-item": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                catalog: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CatalogItemInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListingItem"];
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
    "upload-media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                    /** Format: binary */
                    poster?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
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
    "get-media": {
        parameters: {
            query?: {
                /** @description Which file, from 0, of a message that holds several. */
                item?: number;
            };
            header?: never;
            path: {
                message: string;
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
    "retry-media": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                message: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
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
    "get-media-thumb": {
        parameters: {
            query?: {
                /** @description Which file, from 0, of a message that holds several. */
                item?: number;
            };
            header?: never;
            path: {
                message: string;
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
    "list-media-limits": {
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
                    "application/json": components["schemas"]["MediaLimitsOutputBody"];
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
            path: {
                user: string;
            };
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
    "reset-member-factors": {
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
    "end-member-sessions": {
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
    "edit-message": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path: {
                message: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditMessageInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    "react-to-message": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path: {
                message: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReactInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    "send-message-again": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                message: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    "withdraw-message": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path: {
                message: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    "search-audit": {
        parameters: {
            query?: {
                /** @description How the action begins, such as company or company.state_changed. */
                action?: string;
                /** @description The id of who did it. */
                actor?: string;
                /** @description A company's id. */
                company?: string;
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Not before this moment; 0 is from the beginning. */
                from_ms?: number;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                /** @description The id of what it was done to. */
                target?: string;
                /** @description Not after this moment; 0 is up to now. */
                to_ms?: number;
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
                    "application/json": components["schemas"]["ListPlacedEntry"];
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
    "search-companies": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                /** @description A plan's id. */
                plan?: string;
                q?: string;
                state?: "active" | "past_due" | "read_only" | "suspended" | "canceled" | "erased";
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
                    "application/json": components["schemas"]["ListFound"];
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
    "inspect-company": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                company: string;
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
                    "application/json": components["schemas"]["InspectedCompanyBody"];
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
    "grant-quota": {
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
                "application/json": components["schemas"]["GrantQuotaInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompanyGrant"];
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
    "end-quota": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                company: string;
                grant: string;
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
    "export-company-invoices": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                company: string;
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
    "set-invoice-nfse": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                company: string;
                invoice: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Set-invoice-nfseRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invoice"];
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
    "record-invoice-paid": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                company: string;
                invoice: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Record-invoice-paidRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invoice"];
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
    "request-refund": {
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
                "application/json": components["schemas"]["Request-refundRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wish"];
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
    "decide-refund": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                company: string;
                refund: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decide-refundRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wish"];
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
    "get-company-subscription": {
        parameters: {
            query?: {
                /** @description Language of the plans. */
                locale?: "pt-BR" | "en";
            };
            header?: never;
            path: {
                company: string;
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
                    "application/json": components["schemas"]["CompanyBilling"];
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
    "open-contract": {
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
                "application/json": components["schemas"]["Contract"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
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
    "ask-support": {
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
                "application/json": components["schemas"]["AskSupportInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Support"];
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
    "extend-trial": {
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
                "application/json": components["schemas"]["Extend-trialRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
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
    "revoke-cost-reader": {
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
    "list-cost-readers": {
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
                    "application/json": components["schemas"]["CostReadersBody"];
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
    "invite-cost-reader": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invite-cost-readerRequest"];
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
    "remove-cost-reader": {
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
    "list-cost-accounts": {
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
                    "application/json": components["schemas"]["CostListAccountBody"];
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
    "save-cost-account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CostAccount"];
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
    "remove-cost-account": {
        parameters: {
            query: {
                version: number;
            };
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
    "list-cost-budgets": {
        parameters: {
            query: {
                /** @description yyyymm */
                month: number;
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
                    "application/json": components["schemas"]["CostListPaceBody"];
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
    "set-cost-budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CostItemsBudgetBodyBody"];
            };
        };
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
    "list-cost-companies": {
        parameters: {
            query: {
                /** @description The one that all is told in too, beside what was billed. */
                currency?: string;
                /** @description spread: companies bear what nobody used. */
                idle?: "apart" | "spread";
                /** @description yyyymm */
                month: number;
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
                    "application/json": components["schemas"]["CostCompanyCosts"];
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
    "list-cost-days": {
        parameters: {
            query?: {
                account?: string;
                category?: string;
                /** @description billed is counted in the billing period and compared with invoices; effective in the month of the charge, with commitments spread. Never add the two. */
                cost?: "billed" | "effective";
                currency?: string;
                /** @description dev, homolog, prod, shared; - as above. */
                environment?: string;
                /** @description First month, yyyymm; 0 is the first there is. */
                from?: number;
                /** @description massivo, enterprise, shared; - for accounts that nobody mapped. */
                line?: string;
                resource?: string;
                service?: string;
                /** @description Last month, yyyymm; 0 is the last there is, where a month is not asked for. */
                to?: number;
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
                    "application/json": components["schemas"]["CostListDayCostBody"];
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
    "list-cost-fees": {
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
                    "application/json": components["schemas"]["CostListFeeBody"];
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
    "set-cost-fees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CostItemsFeeBodyBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CostListFeeBody"];
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
    "delete-cost-fee": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fee: string;
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
    "export-cost-focus": {
        parameters: {
            query: {
                /** @description yyyymm */
                month: number;
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
    "get-cost-forecast": {
        parameters: {
            query?: {
                account?: string;
                category?: string;
                /** @description billed is counted in the billing period and compared with invoices; effective in the month of the charge, with commitments spread. Never add the two. */
                cost?: "billed" | "effective";
                currency?: string;
                /** @description dev, homolog, prod, shared; - as above. */
                environment?: string;
                /** @description First month, yyyymm; 0 is the first there is. */
                from?: number;
                /** @description massivo, enterprise, shared; - for accounts that nobody mapped. */
                line?: string;
                resource?: string;
                service?: string;
                /** @description Last month, yyyymm; 0 is the last there is, where a month is not asked for. */
                to?: number;
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
                    "application/json": components["schemas"]["CostListForecastBody"];
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
    "list-cost-idle": {
        parameters: {
            query?: {
                account?: string;
                category?: string;
                /** @description billed is counted in the billing period and compared with invoices; effective in the month of the charge, with commitments spread. Never add the two. */
                cost?: "billed" | "effective";
                currency?: string;
                /** @description dev, homolog, prod, shared; - as above. */
                environment?: string;
                /** @description First month, yyyymm; 0 is the first there is. */
                from?: number;
                /** @description massivo, enterprise, shared; - for accounts that nobody mapped. */
                line?: string;
                resource?: string;
                service?: string;
                /** @description Last month, yyyymm; 0 is the last there is, where a month is not asked for. */
                to?: number;
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
                    "application/json": components["schemas"]["CostListIdleBody"];
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
    "list-cost-imports": {
        parameters: {
            query?: {
                /** @description The number of the last one of the page before; 0 for the first page. */
                before?: number;
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
                    "application/json": components["schemas"]["CostListImportBody"];
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
    "start-cost-import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Start-cost-importRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CostImportedBody"];
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
    "save-cost-invoice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CostInvoiceBody"];
            };
        };
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
    "get-cost-matrix": {
        parameters: {
            query?: {
                account?: string;
                category?: string;
                /** @description billed is counted in the billing period and compared with invoices; effective in the month of the charge, with commitments spread. Never add the two. */
                cost?: "billed" | "effective";
                currency?: string;
                /** @description dev, homolog, prod, shared; - as above. */
                environment?: string;
                /** @description First month, yyyymm; 0 is the first there is. */
                from?: number;
                /** @description massivo, enterprise, shared; - for accounts that nobody mapped. */
                line?: string;
                resource?: string;
                service?: string;
                /** @description Last month, yyyymm; 0 is the last there is, where a month is not asked for. */
                to?: number;
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
                    "application/json": components["schemas"]["CostListCellBody"];
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
    "list-cost-meters": {
        parameters: {
            query: {
                /** @description yyyymm */
                month: number;
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
                    "application/json": components["schemas"]["CostListMeteredBody"];
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
    "get-cost-quality": {
        parameters: {
            query: {
                /** @description yyyymm */
                month: number;
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
                    "application/json": components["schemas"]["CostQuality"];
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
    "list-cost-rates": {
        parameters: {
            query: {
                /** @description First day, 2026-11-01. */
                from: string;
                /** @description Last day. */
                until: string;
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
                    "application/json": components["schemas"]["CostListRateBody"];
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
    "set-cost-rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CostItemsRateBody"];
            };
        };
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
    "list-cost-resources": {
        parameters: {
            query?: {
                account?: string;
                category?: string;
                /** @description billed is counted in the billing period and compared with invoices; effective in the month of the charge, with commitments spread. Never add the two. */
                cost?: "billed" | "effective";
                currency?: string;
                /** @description dev, homolog, prod, shared; - as above. */
                environment?: string;
                /** @description First month, yyyymm; 0 is the first there is. */
                from?: number;
                limit?: number;
                /** @description massivo, enterprise, shared; - for accounts that nobody mapped. */
                line?: string;
                resource?: string;
                service?: string;
                /** @description Last month, yyyymm; 0 is the last there is, where a month is not asked for. */
                to?: number;
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
                    "application/json": components["schemas"]["CostListResourceCostBody"];
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
    "list-cost-rules": {
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
                    "application/json": components["schemas"]["CostListRuleBody"];
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
    "set-cost-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CostRulesBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CostListRuleBody"];
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
    "list-cost-savings": {
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
                    "application/json": components["schemas"]["CostListMeasuredBody"];
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
    "add-cost-saving": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavingBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CostSaving"];
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
    "change-cost-saving": {
        parameters: {
            query: {
                version: number;
            };
            header?: never;
            path: {
                saving: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavingBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CostSaving"];
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
    "list-cost-services": {
        parameters: {
            query?: {
                account?: string;
                category?: string;
                /** @description billed is counted in the billing period and compared with invoices; effective in the month of the charge, with commitments spread. Never add the two. */
                cost?: "billed" | "effective";
                currency?: string;
                /** @description dev, homolog, prod, shared; - as above. */
                environment?: string;
                /** @description First month, yyyymm; 0 is the first there is. */
                from?: number;
                /** @description massivo, enterprise, shared; - for accounts that nobody mapped. */
                line?: string;
                resource?: string;
                service?: string;
                /** @description Last month, yyyymm; 0 is the last there is, where a month is not asked for. */
                to?: number;
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
                    "application/json": components["schemas"]["CostListServiceCostBody"];
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
    "list-cost-sources": {
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
                    "application/json": components["schemas"]["CostListSourceBody"];
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
    "export-cost-table": {
        parameters: {
            query?: {
                account?: string;
                category?: string;
                /** @description billed is counted in the billing period and compared with invoices; effective in the month of the charge, with commitments spread. Never add the two. */
                cost?: "billed" | "effective";
                currency?: string;
                /** @description dev, homolog, prod, shared; - as above. */
                environment?: string;
                /** @description Of rates: the first day. */
                first?: string;
                /** @description First month, yyyymm; 0 is the first there is. */
                from?: number;
                idle?: "apart" | "spread";
                /** @description Of rates: the last day. */
                last?: string;
                /** @description massivo, enterprise, shared; - for accounts that nobody mapped. */
                line?: string;
                /** @description yyyymm */
                month?: number;
                resource?: string;
                service?: string;
                /** @description Last month, yyyymm; 0 is the last there is, where a month is not asked for. */
                to?: number;
            };
            header?: never;
            path: {
                table: "matrix" | "services" | "resources" | "days" | "idle" | "companies" | "units" | "budgets" | "savings" | "rates" | "fees" | "rules" | "accounts";
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
    "list-cost-units": {
        parameters: {
            query: {
                currency?: string;
                /** @description First month, yyyymm. */
                from: number;
                /** @description Last month, yyyymm; at most 36 months. */
                to: number;
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
                    "application/json": components["schemas"]["CostListUnitBody"];
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
    "get-crm": {
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
                    "application/json": components["schemas"]["CrmView"];
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
    "change-crm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settings"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
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
    "connect-crm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CrmConnectInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
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
    "disconnect-crm": {
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
    "check-crm-fields": {
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
                    "application/json": components["schemas"]["Report"];
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
    "test-crm": {
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
                    "application/json": components["schemas"]["Status"];
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
    "list-environments": {
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
                    "application/json": components["schemas"]["EnvironmentListBody"];
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
    "take-environment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                environment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TakeEnvironmentInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentLease"];
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
    "end-environment": {
        parameters: {
            query?: {
                /** @description Also somebody else's. */
                force?: boolean;
            };
            header?: never;
            path: {
                environment: string;
                lease: string;
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
    "extend-environment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                environment: string;
                lease: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtendEnvironmentInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentLease"];
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
    "reset-factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetFactorsInputBody"];
            };
        };
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
    "list-integrations": {
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
                    "application/json": components["schemas"]["IntegrationListBody"];
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
    "probe-integration": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                integration: string;
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
    "list-journeys": {
        parameters: {
            query?: {
                /** @description Only those with a step that waits for an operator. A page may then be short. */
                attention?: boolean;
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                /** @description Part of an e-mail or a name; a tax number, a contract or an id. */
                q?: string;
                state?: "draft" | "checkout" | "awaiting" | "paid" | "active" | "expired" | "canceled";
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
                    "application/json": components["schemas"]["ListJourneyRow"];
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
    "inspect-journey": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                journey: string;
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
                    "application/json": components["schemas"]["InspectedJourneyBody"];
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
    "reissue-activation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                journey: string;
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
                    "application/json": components["schemas"]["ActivationLinkBody"];
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
    "cancel-journey": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                journey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CancelJourneyInputBody"];
            };
        };
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
    "finish-journey-step": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                journey: string;
                step: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FinishStepInputBody"];
            };
        };
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
    "retry-journey-step": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                journey: string;
                step: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetryStepInputBody"];
            };
        };
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
    "skip-journey-step": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                journey: string;
                step: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SkipStepInputBody"];
            };
        };
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
    "list-letters": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Only those with a new company's way in that did not arrive within ten minutes, oldest first; the rest of the query counts for nothing. */
                late?: boolean;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                state?: "queued" | "sending" | "accepted" | "delivered" | "bounced" | "dropped" | "unknown" | "failed";
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
                    "application/json": components["schemas"]["ListStatus"];
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
    "mend-letter": {
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailStatus"];
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
    "get-mail": {
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
                    "application/json": components["schemas"]["MailCircuit"];
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
    "edit-plan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditPlanInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanVersion"];
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
    "discard-plan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
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
    "preview-plan": {
        parameters: {
            query?: {
                locale?: "pt-BR" | "en";
            };
            header?: never;
            path: {
                version: string;
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
                    "application/json": components["schemas"]["PlanOffer"];
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
    "publish-plan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
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
                    "application/json": components["schemas"]["PlanVersion"];
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
    "withdraw-plan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
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
                    "application/json": components["schemas"]["PlanVersion"];
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
    "list-plan-editions": {
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
                    "application/json": components["schemas"]["AllEditionBody"];
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
    "create-plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePlanInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanVersion"];
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
    "place-plan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                plan: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlacePlanInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
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
    "draft-plan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                plan: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanVersion"];
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
    "make-sample-plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllVersionBody"];
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
    "list-promotions": {
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
                    "application/json": components["schemas"]["ListPromotion"];
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
    "create-promotion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromotionBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanPromotion"];
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
    "change-promotion": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                promotion: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromotionBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanPromotion"];
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
    "list-all-support": {
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
                    "application/json": components["schemas"]["AllSupportBody"];
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
    "approve-support": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                support: string;
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
                    "application/json": components["schemas"]["Support"];
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
    "end-support": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                support: string;
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
                    "application/json": components["schemas"]["Support"];
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
    "refuse-support": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                support: string;
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
                    "application/json": components["schemas"]["Support"];
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
    "list-orders": {
        parameters: {
            query?: {
                contact_id?: string;
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                number?: number;
                payment_state?: "unpaid" | "partially_paid" | "paid" | "overpaid" | "partially_refunded" | "refunded";
                state?: "awaiting_payment" | "confirmed" | "preparing" | "ready" | "out_for_delivery" | "shipped" | "delivered" | "completed" | "expired" | "canceled";
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
                    "application/json": components["schemas"]["ListOrder"];
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
    "place-order": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlaceOrderInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopOrder"];
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
    "get-order": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order: string;
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
                    "application/json": components["schemas"]["ShopOrder"];
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
    "send-bill": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    "cancel-order": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CancelOrderInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopOrder"];
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
    "edit-order": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditOrderInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopOrder"];
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
    "move-order": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveOrderInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopOrder"];
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
    "give-back": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GiveBackInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopOrder"];
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
    "ask-password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskResetInputBody"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
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
    "reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetInputBody"];
            };
        };
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
    "open-password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenResetInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedResetBody"];
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
    "confirm-payment": {
        parameters: {
            query?: never;
            header: {
                /** @description Made when the person pressed Enter; the same for each repetition. */
                "Idempotency-Key": string;
            };
            path: {
                payment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmPaymentInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopPayment"];
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
    "refresh-payment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment: string;
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
                    "application/json": components["schemas"]["ShopPayment"];
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
    "list-payment-accounts": {
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
                    "application/json": components["schemas"]["AllPaymentAccountViewBody"];
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
    "save-payment-account": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description mercadopago. */
                vendor: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaymentAccountInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentAccountView"];
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
    "delete-payment-account": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description mercadopago. */
                vendor: string;
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
    "test-payment-account": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description mercadopago. */
                vendor: string;
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
                    "application/json": components["schemas"]["PaymentAccountView"];
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
    "list-payment-choices": {
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
                    "application/json": components["schemas"]["AllChoiceBody"];
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
    "get-payment-setting": {
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
                    "application/json": components["schemas"]["PaymentSetting"];
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
    "save-payment-setting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaymentSettingInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentSetting"];
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
    "list-plans": {
        parameters: {
            query?: {
                /** @description massivo when absent. */
                line?: "massivo" | "enterprise";
                /** @description pt-BR when absent. */
                locale?: "pt-BR" | "en";
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
                    "application/json": components["schemas"]["PlansOutputBody"];
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
    "list-products": {
        parameters: {
            query?: {
                category_id?: string;
                collection_id?: string;
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                q?: string;
                /** @description All when absent. */
                state?: "draft" | "active" | "archived";
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
                    "application/json": components["schemas"]["ListProduct"];
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
    "create-product": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopProduct"];
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
    "get-product": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                product: string;
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
                    "application/json": components["schemas"]["ShopProduct"];
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
    "change-product": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                product: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopProduct"];
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
    "set-product-state": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                product: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductStateInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopProduct"];
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
    "export-products": {
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
    "import-products": {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductReport"];
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
    "upload-product-picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PictureOutputBody"];
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
    "get-product-picture": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                company: string;
                hash: string;
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
    "confirm-refund": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                refund: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmRefundInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShopPayment"];
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
    "get-sale-setting": {
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
                    "application/json": components["schemas"]["Setting"];
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
    "save-sale-setting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaleSettingInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
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
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondStep"];
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
    "sign-in-second-step": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondStepInputBody"];
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
    "sign-in-by-passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyInputBody"];
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
    "ask-passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondStep"];
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
    "step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StepUpInputBody"];
            };
        };
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
    "ask-step-up": {
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
                    "application/json": components["schemas"]["PasskeyOptionsBody"];
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
    "end-session": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
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
    "end-other-sessions": {
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
    "get-signup": {
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
                    "application/json": components["schemas"]["Journey"];
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
    "begin-signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginSignupInputBody"];
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
                    "application/json": components["schemas"]["Journey"];
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
    "change-signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignupPatch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
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
    "show-activation": {
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
                    "application/json": components["schemas"]["ActivationLinkBody"];
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
    "send-activation": {
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
    "pay-signup-again": {
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
                    "application/json": components["schemas"]["Journey"];
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
    "cancel-signup": {
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
                    "application/json": components["schemas"]["Journey"];
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
    "pay-signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaySignupInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
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
    "send-signup-code": {
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
    "get-contract": {
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
                    "Content-Disposition"?: string;
                    "Content-Type"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
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
    "open-signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenSignupInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
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
    "prove-signup-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProveSignupInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
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
    "resume-signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResumeSignupInputBody"];
            };
        };
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
    "accept-terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptTermsInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
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
    "list-support": {
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
                    "application/json": components["schemas"]["AllSupportBody"];
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
    "end-company-support": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                support: string;
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
                    "application/json": components["schemas"]["Support"];
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
    "list-templates": {
        parameters: {
            query?: {
                /** @description A channel account; those of its business account. */
                account_id?: string;
                category?: "marketing" | "utility" | "authentication";
                /** @description The next of the page before. */
                cursor?: string;
                language?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
                /** @description In names and words. */
                q?: string;
                /** @description Only those that may be sent. */
                sendable?: boolean;
                /** @description approved, pending, rejected, paused, disabled, ... */
                status?: string;
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
                    "application/json": components["schemas"]["ListTemplate"];
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
    "create-template": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTemplateInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
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
    "get-template": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template: string;
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
                    "application/json": components["schemas"]["TemplateDetail"];
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
    "edit-template": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditTemplateInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
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
    "delete-template": {
        parameters: {
            query?: {
                /** @description Every language of the name. */
                all_languages?: boolean;
            };
            header?: never;
            path: {
                template: string;
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
    "preview-template": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewTemplateInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplatePreview"];
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
    "list-template-accounts": {
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
                    "application/json": components["schemas"]["AllPlaceBody"];
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
    "sync-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SyncTemplatesInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateReading"];
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
    "get-terms": {
        parameters: {
            query?: {
                locale?: "pt-BR" | "en";
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
                    "application/json": components["schemas"]["SignupTerms"];
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
    "list-trades": {
        parameters: {
            query?: {
                locale?: "pt-BR" | "en";
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
                    "application/json": components["schemas"]["AllTradeBody"];
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
    "get-usage": {
        parameters: {
            query?: {
                locale?: "pt-BR" | "en";
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
                    "application/json": components["schemas"]["UsageOutputBody"];
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
    "list-stock-movements": {
        parameters: {
            query?: {
                /** @description The next of the page before. */
                cursor?: string;
                /** @description Rows of a page, 50 when absent. */
                limit?: number;
            };
            header?: never;
            path: {
                variant: string;
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
                    "application/json": components["schemas"]["ListMovement"];
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
    "move-stock": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                variant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveStockInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductLevel"];
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
