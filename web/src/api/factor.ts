import { client, take } from "./client";
import type { PasskeyAnswer, PasskeyOptions } from "./passkey";
import type { components } from "./schema";

const { GET, POST, PUT, PATCH, DELETE } = client;

type Schemas = components["schemas"];
export type Factor = Schemas["Factor"];
export type Factors = Schemas["Factors"];
export type AppSeed = Schemas["AppSeedBody"];
/** What is left of a sign-in. */
export type SecondStep = Omit<Schemas["SecondStep"], "passkey"> & { passkey?: PasskeyOptions };
export type FactorPolicy = "nobody" | "admins" | "everybody";
export type Support = Schemas["Support"];

/** One way to prove who one is. */
export interface Proof {
  code?: string;
  recovery?: string;
  password?: string;
  passkey?: PasskeyAnswer;
}

interface Asked {
  passkey: PasskeyOptions;
}

/** Second factors of oneself, and what proves a person. */
export const factors = {
  list: () => take<Factors>(GET("/factors")),
  addApp: () => take<AppSeed>(POST("/factors/app")),
  confirmApp: (code: string) => take<{ recovery_codes: string[] }>(POST("/factors/app/confirm", { body: { code } })),
  addPasskey: () => take<Asked>(POST("/factors/passkeys/begin")),
  confirmPasskey: (name: string, passkey: PasskeyAnswer) => take<{ recovery_codes: string[] }>(POST("/factors/passkeys", { body: { name, passkey } })),
  rename: (factor: string, name: string) => take<undefined>(PATCH("/factors/{factor}", { params: { path: { factor } }, body: { name } })),
  remove: (factor: string) => take<undefined>(DELETE("/factors/{factor}", { params: { path: { factor } } })),
  renewCodes: () => take<{ recovery_codes: string[] }>(POST("/factors/recovery-codes")),
  stepUp: (proof: Proof) => take<undefined>(POST("/session/step-up", { body: proof })),
  askStepUp: () => take<Asked>(POST("/session/step-up/passkey")),
  policy: () => take<{ required: FactorPolicy }>(GET("/company/factor-policy")),
  setPolicy: (required: FactorPolicy) => take<{ required: FactorPolicy }>(PUT("/company/factor-policy", { body: { required } })),
  reset: (user: string) => take<undefined>(POST("/members/{user}/factors/reset", { params: { path: { user } } })),
};

/** Who of the platform's staff looked into the company. */
export const support = {
  list: () => take<{ items: Support[] }>(GET("/support")),
  end: (id: string) => take<Support>(POST("/support/{support}/end", { params: { path: { support: id } } })),
};
