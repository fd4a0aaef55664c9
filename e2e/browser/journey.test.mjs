// The opening sentence of the product, as people live it: in a browser, with
// the customer's phone on the left and the inbox on the right.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { artifacts, openHouse, openPage } from './house.mjs';

let house;
before(async () => {
  house = await openHouse();
});
after(async () => {
  await house?.close();
});

const phoneOf = (page) => page.getByRole('region', { name: /^Celular/ });

for (const { customer, name, channel } of [
  { customer: 'Rafael', name: 'Rafael Antunes', channel: 'whatsapp' },
]) {
  test(`${channel}: a customer writes, the bot answers, an attendant takes over, the ticks go to read`, async () => {
    const { context, page, broken } = await openPage(house);
    const inbox = page.frameLocator('iframe');
    await page.getByRole('combobox', { name: 'Entrar como' }).selectOption({ label: 'Atendente' });
    await page.getByRole('button', { name: customer }).click();
    const phone = phoneOf(page);
    await phone.getByRole('textbox', { name: 'Mensagem' }).fill('Oi, bom dia!');
    await phone.getByRole('button', { name: 'Enviar' }).click();
    await phone.getByText('Como posso ajudar?').waitFor();
    await phone.getByRole('button', { name: 'Falar com atendente' }).click();
    await phone.getByText('Vou chamar uma pessoa').waitFor();

    await inbox.getByRole('button', { name: /^Fila/ }).click();
    await inbox.getByRole('link', { name: new RegExp(`^${name}`) }).click();
    await inbox.getByRole('button', { name: /Assumir/ }).first().click();
    const composer = inbox.getByRole('textbox', { name: 'Resposta ao cliente' });
    await composer.fill('Olá, Rafael! Aqui é a Bianca.');
    await composer.press('Enter');
    await phone.getByText('Olá, Rafael! Aqui é a Bianca.').waitFor();

    // The phone shows the chat, so WhatsApp tells that it was read; the browser
    // hears it without a reload.
    const mine = inbox.getByRole('article').filter({ hasText: 'Olá, Rafael! Aqui é a Bianca.' });
    await mine.getByRole('img', { name: /^Lida/ }).waitFor();
    await page.screenshot({ path: join(artifacts, 'journey-read.png') });

    // Behind a bubble stands the real protocol.
    await phone.getByRole('button', { name: 'Ver por dentro' }).last().click();
    await page.getByText('Chamada do Prosa para a API da plataforma').first().waitFor();
    await page.screenshot({ path: join(artifacts, 'journey-wire.png') });
    assert.deepEqual(broken, []);
    await context.close();
  });
}

test('telegram: buttons, a person, and the last tick that Telegram knows', async () => {
  const { context, page, broken } = await openPage(house);
  const inbox = page.frameLocator('iframe');
  await page.getByRole('combobox', { name: 'Entrar como' }).selectOption({ label: 'Atendente' });
  await page.getByRole('button', { name: 'Thiago' }).click();
  const phone = phoneOf(page);
  await phone.getByRole('button', { name: 'Voltar às conversas' }).click();
  await phone.getByRole('button', { name: /Telegram/ }).click();
  await phone.getByRole('button', { name: /iniciar|start|começar/i }).click();
  await phone.getByText('Como posso ajudar?').waitFor();
  await phone.getByRole('button', { name: 'Pedidos' }).click();
  await phone.getByText('número do seu pedido').waitFor();
  await phone.getByRole('textbox', { name: 'Mensagem' }).fill('40231');
  await phone.getByRole('button', { name: 'Enviar' }).click();
  await phone.getByText('Já anotei o pedido 40231').waitFor();

  await inbox.getByRole('button', { name: /^Fila/ }).click();
  await inbox.getByRole('link', { name: /^Thiago Lobo/ }).click();
  await inbox.getByRole('article').filter({ hasText: 'Quer saber do pedido 40231.' }).waitFor(); // what the bot collected
  await inbox.getByRole('button', { name: /Assumir/ }).first().click();
  const composer = inbox.getByRole('textbox', { name: 'Resposta ao cliente' });
  await composer.fill('O pedido 40231 sai hoje.');
  await composer.press('Enter');
  await phone.getByText('O pedido 40231 sai hoje.').waitFor();
  const mine = inbox.getByRole('article').filter({ hasText: 'O pedido 40231 sai hoje.' });
  await mine.getByRole('img', { name: /^Enviada/ }).waitFor();
  await inbox.getByRole('button', { name: 'Resolver' }).click();
  await inbox.getByText(/resolveu a conversa/).waitFor();
  assert.deepEqual(broken, []);
  await context.close();
});

test('on a phone: from the list to the thread and back', async () => {
  const { context, page, broken } = await openPage(house, { width: 390, height: 844, scheme: 'dark', path: '/' });
  await page.getByRole('button', { name: 'Entrar como atendente' }).click();
  await page.getByRole('button', { name: /^Fila/ }).click();
  const first = page.getByRole('listitem').getByRole('link').first();
  const name = (await first.innerText()).split('\n')[0];
  await first.click();
  await page.getByRole('textbox', { name: 'Resposta ao cliente' }).waitFor();
  await page.screenshot({ path: join(artifacts, 'phone-thread.png') });
  await page.goBack();
  await page.getByRole('button', { name: /^Fila/ }).waitFor();
  assert.ok(name.length > 0);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  assert.equal(sideways, false, 'the page does not scroll sideways');
  assert.deepEqual(broken, []);
  await context.close();
});

test('without a network the page says so, keeps what was typed, and sends it when the network is back', async () => {
  const { context, page, broken } = await openPage(house, { path: '/' });
  await page.getByRole('button', { name: 'Entrar como atendente' }).click();
  await page.getByRole('button', { name: /^Minhas/ }).click();
  await page.getByRole('listitem').getByRole('link').first().click();
  const composer = page.getByRole('textbox', { name: 'Resposta ao cliente' });
  await composer.waitFor();
  await context.setOffline(true);
  await composer.fill('Escrita sem rede.');
  await composer.press('Enter');
  const mine = page.getByRole('article').filter({ hasText: 'Escrita sem rede.' });
  await mine.waitFor();
  await page.screenshot({ path: join(artifacts, 'offline.png') });
  await context.setOffline(false);
  await mine.getByRole('img', { name: /^(Aceita|Enviada|Entregue|Lida)/ }).waitFor();
  assert.equal(await mine.count(), 1, 'it stands once in the thread');
  assert.deepEqual(broken, []);
  await context.close();
});
