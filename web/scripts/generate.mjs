// Writes src/api/schema.d.ts from the committed contract. --check fails when the committed file is not what it makes.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapi, { astToString } from "openapi-typescript";

const contract = new URL("../../api/openapi.yaml", import.meta.url);
const target = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url));
const head = "// Generated from api/openapi.yaml by npm run generate. Do not edit.\n\n";

const made = head + astToString(await openapi(contract, { alphabetize: true }));
if (!process.argv.includes("--check")) {
  await writeFile(target, made);
} else if ((await readFile(target, "utf8").catch(() => "")) !== made) {
  console.error("src/api/schema.d.ts is stale: run npm run generate and commit it.");
  process.exit(1);
}
