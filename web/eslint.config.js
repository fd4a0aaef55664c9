import { readdirSync } from "node:fs";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

/** A feature never imports another: what two need moves to ui, api or i18n; app joins them. */
const walls = features.map((feature) => ({
  files: [`src/features/${feature}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: features.filter((other) => other !== feature).flatMap((other) => [`@/features/${other}`, `@/features/${other}/*`, `../${other}`, `../${other}/*`]),
            message: "Features never import features.",
          },
          { group: ["@/app", "@/app/*", "../../app/*"], message: "Features never import the shell." },
        ],
      },
    ],
  },
}));

const leaves = {
  files: ["src/ui/**/*.{ts,tsx}", "src/api/**/*.{ts,tsx}", "src/i18n/**/*.{ts,tsx}"],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group: ["@/features/*", "@/app/*"], message: "ui, api and i18n are leaves." }] },
    ],
  },
};

export default ts.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts", "public", "shots"] },
  ...ts.configs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    files: ["**/*.{ts,tsx,js,mjs}"],
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-console": ["error", { allow: ["error", "warn"] }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  { files: ["scripts/**", "vite.config.ts"], rules: { "no-console": "off" } },
  ...walls,
  leaves,
);
