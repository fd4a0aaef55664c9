// The second step, as people live it: the first operator sets up a factor before
// anything else, comes back by passkey and by code, and proves themselves again
// for what is sensitive. The authenticator is the browser's own virtual one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { enrolApp } from './factor.mjs';
import { artifacts, openEmptyHouse, openPage } from './house.mjs';

let house;
before(async () => {
  house = await openEmptyHouse();
});
after(async () => {
  await house?.close();
});

const serious = async (page) => {
  await page.evaluate(readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'] })).violations.map((each) => `${each.id}: ${each.nodes[0]?.html}`));
};

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

test('the first operator enrols, comes back by passkey and by code, and steps up', async () => {
  const address = new URL(house.log().match(/address="?(\S+?\/setup#[^"\s]+)/)[1]);
  const { context, page, broken } = await openPage(house, { path: address.pathname + address.hash, width: 390, height: 844, scheme: 'dark' });
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

  // Nothing opens before the second factor, whatever the address.
  await page.getByRole('heading', { name: 'Proteja sua conta' }).waitFor();
  await page.goto(`${house.base}/team`);
  await page.getByRole('heading', { name: 'Proteja sua conta' }).waitFor();
  assert.deepEqual(await serious(page), []);
  await page.screenshot({ path: join(artifacts, 'factor-enrol.png') });
  const kept = await enrolApp(page);
  assert.equal(await sideways(page), false, 'the page does not scroll sideways');
  const codes = (await page.getByLabel('Códigos de recuperação').innerText()).trim().split(/\s+/);
  assert.equal(codes.length, 10);
  assert.deepEqual(await serious(page), []);
  await page.screenshot({ path: join(artifacts, 'factor-codes.png') });
  await kept.check();
  await page.getByRole('button', { name: 'Concluir' }).click();
  await page.getByRole('heading', { name: 'Equipe' }).first().waitFor(); // where they were going

  // A passkey beside it.
  await page.goto(`${house.base}/preferences`);
  await page.getByRole('button', { name: 'Adicionar passkey' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Nome da passkey' }).fill('Celular da Marta');
  await dialog.getByRole('button', { name: 'Criar passkey' }).click();
  await page.getByText('Celular da Marta').waitFor();
  assert.deepEqual(await serious(page), []);
  await page.screenshot({ path: join(artifacts, 'factor-security.png'), fullPage: true });

  // Out, and in again by the passkey alone.
  const leave = async () => {
    await page.getByTestId('account').click();
    await page.getByRole('menuitem', { name: 'Sair' }).click();
    await page.getByRole('heading', { name: 'Entrar' }).waitFor();
  };
  await leave();
  await page.getByRole('button', { name: 'Entrar com passkey' }).click();
  await page.getByTestId('account').waitFor();

  // Out, and in by the password, with the passkey as second step.
  await leave();
  await page.getByRole('textbox', { name: 'E-mail' }).fill('marta@padaria.example');
  await page.getByRole('textbox', { name: 'Senha' }).fill('pao-quente-as-4');
  await page.getByRole('button', { name: 'Entrar', exact: true }).click();
  await page.getByRole('heading', { name: 'Confirme que é você' }).waitFor();
  assert.deepEqual(await serious(page), []);
  await page.screenshot({ path: join(artifacts, 'factor-second-step.png') });
  await page.getByRole('button', { name: 'Usar o código do aplicativo' }).click();
  await page.getByRole('textbox', { name: 'Código de 6 números' }).fill('000000');
  await page.getByRole('button', { name: 'Entrar', exact: true }).click();
  await page.getByText('O código está errado ou já foi usado.').waitFor();
  await page.getByRole('button', { name: 'Usar a passkey' }).click();
  await page.getByRole('button', { name: 'Usar passkey' }).click();
  await page.getByTestId('account').waitFor();
  await page.goto(`${house.base}/preferences`);
  await page.getByText('Celular da Marta').waitFor();

  // A stale proof: the dialog comes by itself, and the action goes on. The server's
  // word is given by the page's own network, once.
  let refused = 0;
  await page.route('**/api/v1/factors/recovery-codes', async (route) => {
    if (refused++ > 0) return route.continue();
    return route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: 'Forbidden', status: 403, detail: 'prove again', code: 'forbidden', reason: 'step_up_required' }),
    });
  });
  await page.getByRole('button', { name: 'Gerar novos códigos' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Gerar novos códigos' }).click();
  const again = page.getByRole('dialog', { name: 'Confirme que é você' });
  await again.getByRole('button', { name: 'Usar passkey' }).waitFor();
  assert.deepEqual(await serious(page), []);
  await page.screenshot({ path: join(artifacts, 'factor-step-up.png') });
  await again.getByRole('button', { name: 'Usar passkey' }).click();
  const sheet = page.getByLabel('Códigos de recuperação').first();
  await page.getByRole('checkbox', { name: 'Guardei os códigos' }).waitFor();
  assert.notEqual((await sheet.innerText()).trim().split(/\s+/)[0], codes[0]);
  assert.equal(refused, 2, 'the call was made again once');
  assert.deepEqual(broken, []);
  await context.close();
});
