// From an empty installation to the first answered customer: the one-time
// address, an invitation by link, a channel connected and tested, and a message
// that arrives.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { passEnrolment } from './factor.mjs';
import { artifacts, openEmptyHouse, openPage } from './house.mjs';

let house;
before(async () => {
  house = await openEmptyHouse();
});
after(async () => {
  await house?.close();
});

async function world(path, body) {
  const answer = await fetch(house.world + path, { method: body ? 'POST' : 'GET', headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${path} answered ${answer.status}: ${answer.ok ? '' : await answer.text()}`);
  return answer.json();
}

test('first run: set up, invite, connect a channel, answer the first customer', async () => {
  const address = new URL(house.log().match(/address="?(\S+?\/setup#[^"\s]+)/)[1]);
  const { context, page, broken } = await openPage(house, { path: address.pathname + address.hash });
  await page.getByRole('textbox', { name: 'Nome da empresa' }).fill('Padaria Sol');
  await page.getByRole('textbox', { name: 'Seu nome' }).fill('Marta Lima');
  await page.getByRole('textbox', { name: 'E-mail' }).fill('marta@padaria.example');
  await page.getByRole('textbox', { name: 'Senha' }).fill('pao-quente-as-4');
  await page.getByRole('button', { name: 'Começar' }).click();
  await passEnrolment(page); // who runs the platform needs a second factor
  await page.getByText('Nenhuma conversa ainda').waitFor();

  // The address worked once.
  const late = await fetch(`${house.base}/api/v1/setup`);
  assert.equal((await late.json()).needed, false);

  await page.getByRole('link', { name: 'Equipe' }).click();
  await page.getByRole('button', { name: 'Convidar' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('joao@padaria.example');
  await dialog.getByRole('button', { name: 'Criar convite' }).click();
  const link = dialog.getByRole('textbox', { name: 'Link do convite' });
  await link.waitFor();
  const invitation = new URL(await link.inputValue());
  await page.screenshot({ path: join(artifacts, 'invitation-link.png') });
  const guest = await openPage(house, { path: invitation.pathname + invitation.hash });
  await guest.page.getByRole('textbox', { name: 'Seu nome' }).fill('João Reis');
  await guest.page.getByRole('textbox', { name: 'Senha' }).fill('farinha-e-agua');
  await guest.page.getByRole('button', { name: 'Aceitar convite' }).click();
  await guest.page.getByRole('heading', { name: 'Conversas' }).waitFor();
  assert.equal(await guest.page.getByRole('link', { name: 'Auditoria' }).count(), 0, 'an attendant sees no audit');

  // A bot at the simulated Telegram, as @BotFather would give it.
  const token = '7200000001:AAfirstRunTokenOfTheBakery0123456789';
  await world('/telegram/_sandbox/bots', { token, username: 'padaria_sol_bot', name: 'Padaria Sol' });
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Canais' }).click();
  await page.getByRole('button', { name: 'Conectar canal' }).first().click();
  await dialog.getByRole('button', { name: /^Telegram/ }).click();
  await dialog.getByRole('textbox', { name: 'Nome interno' }).fill('Telegram da padaria');
  await dialog.getByRole('button', { name: 'Começar' }).click();
  // The steps wait on the channel's own page; each value is checked as it is left.
  await page.getByLabel('Token de acesso').fill(token);
  await page.getByLabel('Token de acesso').press('Tab');
  await page.getByRole('button', { name: 'Conectar', exact: true }).click();
  await page.getByText(/A plataforma confirmou a conta/).waitFor();
  await page.getByRole('button', { name: 'Registrar webhook' }).click();
  await page.getByText(/Webhook registrado/).waitFor();
  await page.screenshot({ path: join(artifacts, 'channel-desktop-light.png') });

  await world('/sandbox/phone/api/phones', { name: 'Dalva Nunes', phone: '', channels: ['telegram'] });
  const { phones } = await world('/sandbox/phone/api/phones');
  const phone = phones.find((p) => p.name === 'Dalva Nunes');
  const { chats } = await world(`/sandbox/phone/api/phones/${encodeURIComponent(phone.id)}/chats`);
  const chat = encodeURIComponent(chats.find((c) => c.channel === 'telegram').id);
  await world(`/sandbox/phone/api/chats/${chat}/messages`, { kind: 'start' });
  await world(`/sandbox/phone/api/chats/${chat}/messages`, { kind: 'text', text: 'Tem pão de queijo?' });

  // Without a bot the customer waits for a person, and the guest hears of it
  // without a reload.
  await guest.page.getByRole('link', { name: /^Dalva Nunes/ }).click();
  await guest.page.getByRole('button', { name: /Assumir/ }).first().click();
  const composer = guest.page.getByRole('textbox', { name: 'Resposta ao cliente' });
  await composer.fill('Saindo do forno!');
  await composer.press('Enter');
  await guest.page.getByRole('article').filter({ hasText: 'Saindo do forno!' }).getByRole('img', { name: /^Enviada/ }).waitFor();
  const { bubbles } = await world(`/sandbox/phone/api/chats/${chat}/messages`);
  assert.ok(bubbles.some((b) => b.dir === 'theirs' && b.text === 'Saindo do forno!'));
  assert.deepEqual([...broken, ...guest.broken], []);
  await guest.context.close();
  await context.close();
});
