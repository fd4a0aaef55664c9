// The operators' console on a host of its own, outside of the demo: its staff come
// in by code app, and by a passkey that is bound to that host.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOf, enrolApp } from './factor.mjs';
import { openEmptyHouse, openPage } from './house.mjs';

let house;
let staff;
before(async () => {
  house = await openEmptyHouse((_, base) => {
    staff = base.replace('//localhost', '//operator.localhost');
    return { PROSA_OPERATOR_URL: staff };
  });
});
after(async () => {
  await house?.close();
});

test('the console takes a code, then a passkey of its own', { timeout: 150_000 }, async () => {
  const address = new URL(house.log().match(/address="?(\S+?\/setup#[^"\s]+)/)[1]);
  const { context, page, broken } = await openPage(house, { path: address.pathname + address.hash });
  const tools = await context.newCDPSession(page);
  await tools.send('WebAuthn.enable');
  await tools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.getByRole('textbox', { name: 'Nome da empresa' }).fill('Padaria Sol');
  await page.getByRole('textbox', { name: 'Seu nome' }).fill('Marta Lima');
  await page.getByRole('textbox', { name: 'E-mail' }).fill('marta@padaria.example');
  await page.getByRole('textbox', { name: 'Senha' }).fill('pao-quente-as-4');
  await page.getByRole('button', { name: 'Começar' }).click();
  let key;
  page.on('response', async (answer) => {
    if (answer.url().endsWith('/factors/app')) key = (await answer.json()).key;
  });
  const kept = await enrolApp(page);
  await kept.check();
  await page.getByRole('button', { name: 'Concluir' }).click();
  await page.getByTestId('account').waitFor();
  const made = Date.now();

  // The company's side knows no operator.
  const here = await page.evaluate(async () => (await fetch('/api/v1/session')).json());
  assert.equal(here.user.operator, false);

  await page.goto(`${staff}/`);
  await page.getByRole('textbox', { name: 'E-mail' }).fill('marta@padaria.example');
  await page.getByRole('textbox', { name: 'Senha' }).fill('pao-quente-as-4');
  await page.getByRole('button', { name: 'Entrar', exact: true }).click();
  const code = page.getByRole('textbox', { name: 'Código de 6 números' });
  await code.waitFor();
  // An operator's code is good in its own half minute, once: the next one's.
  const next = (Math.floor(made / 30_000) + 1) * 30_000 + 500;
  await page.waitForTimeout(Math.max(0, next - Date.now()));
  await code.fill(codeOf(key, Date.now()));
  await page.getByRole('button', { name: 'Entrar', exact: true }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/operator'));
  const there = await page.evaluate(async () => (await fetch('/api/v1/session')).json());
  assert.ok(there.permissions.includes('platform.operate'));

  const bound = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/factors/passkeys/begin', { method: 'POST' });
    const { passkey } = await answer.json();
    const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(passkey.publicKey) });
    const kept = await fetch('/api/v1/factors/passkeys', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'Console', passkey: made.toJSON() }),
    });
    return { domain: passkey.publicKey.rp.id, status: kept.status };
  });
  assert.deepEqual(bound, { domain: 'operator.localhost', status: 201 });

  await context.clearCookies();
  await page.goto(`${staff}/`);
  await page.getByRole('button', { name: 'Entrar com passkey' }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/operator'));
  const again = await page.evaluate(async () => (await fetch('/api/v1/session')).json());
  assert.ok(again.permissions.includes('platform.operate'));
  assert.deepEqual(broken, []);
  await context.close();
});
