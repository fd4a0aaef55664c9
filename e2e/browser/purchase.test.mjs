// Buying in the conversation, as people live it: the customer's phone on the
// left, the attendant's inbox on the right, Meta's catalog and Mercado Pago
// simulated behind them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { artifacts, openHouse, openPage, signIn } from './house.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ours = { 'Sec-Fetch-Site': 'same-origin' };
let house;
before(async () => {
  house = await openHouse();
  await openShop();
});
after(async () => {
  await house?.close();
});

/** The bot that sells answers first, and Meta shows the catalog. */
async function openShop() {
  const { context } = await openPage(house, { path: '/' });
  await signIn(house, context, 'admin');
  const get = async (path) => (await context.request.get(`${house.base}/api/v1${path}`)).json();
  const shop = (await get('/bots')).items.find((bot) => bot.name === 'Loja');
  for (const channel of (await get('/channels')).items) {
    const answer = await context.request.patch(`${house.base}/api/v1/channels/${channel.id}`, { data: { bot_id: shop.id }, headers: ours });
    assert.ok(answer.ok(), await answer.text());
  }
  // Meta reviews each item in its own time; the shop opens when customers see them.
  for (let seen = 0; seen < 10; ) {
    await context.request.post(`${house.base}/metacatalog/_sandbox/settle`);
    seen = (await get('/listing/catalogs')).items[0]?.visible ?? 0;
    await new Promise((done) => setTimeout(done, 100)); // between two looks
  }
  await context.close();
}

/** A customer with the phone in hand, in a chat with the shop. */
async function customer(page, name) {
  await page.getByRole('button', { name }).click();
  const phone = page.getByRole('region', { name: /^Celular/ });
  const bubbles = phone.getByTestId('bubble');
  const sheet = phone.getByRole('dialog');
  const box = phone.getByRole('textbox', { name: 'Mensagem', exact: true });
  return {
    phone,
    sheet,
    bubbles,
    /** Waits until the shop has said something the nth time. */
    hear: (text, nth = 0) => phone.getByText(text).nth(nth).waitFor(),
    said: (text) => bubbles.filter({ hasText: text }),
    async write(text) {
      await box.fill(text);
      await phone.getByRole('button', { name: 'Enviar', exact: true }).click();
    },
    /** Taps a button under the newest message, once that message has it. */
    tap: (text) => bubbles.last().getByRole('button', { name: text, exact: typeof text === 'string' }).click(),
    /** Chooses a row of the list that the newest message opens. */
    async pick(message, row) {
      await bubbles.last().filter({ hasText: message }).getByRole('button', { name: 'Abrir: Ver opções' }).click();
      await sheet.getByText(row).click();
      await sheet.getByRole('button', { name: 'Enviar', exact: true }).click();
      await sheet.waitFor({ state: 'detached' });
    },
  };
}

/** The conversation of a customer in the inbox, with the shop open beside it. */
async function beside(page, name) {
  const inbox = page.frameLocator('iframe');
  await inbox.getByRole('link', { name: new RegExp(`^${name}`) }).first().click();
  await inbox.getByRole('heading', { level: 1, name }).waitFor();
  await inbox.getByRole('button', { name: 'Loja do cliente' }).click();
  const panel = inbox.getByRole('tabpanel', { name: 'Loja' });
  return { inbox, panel, part: (name) => panel.getByText(name, { exact: true }).first().click() };
}

const shot = (page, name) => page.screenshot({ path: join(artifacts, `purchase-${name}.png`) });

/** Waits until colours and places have arrived where they are going. */
const settled = (page) => page.evaluate(async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.allSettled(document.getAnimations().filter((each) => each.effect.getComputedTiming().iterations !== Infinity).map((each) => each.finished));
});

/** What axe finds, and whether something scrolls sideways. */
async function clean(page, name) {
  for (const frame of page.frames()) {
    if (!(await frame.evaluate(() => 'axe' in globalThis))) await frame.evaluate(axe);
    const { violations } = await frame.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], iframes: false }));
    assert.deepEqual(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(' | ')}`), [], name);
    const sideways = await frame.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
    assert.equal(sideways, false, `${name} does not scroll sideways`);
  }
}

/** A journey in a browser of its own; a picture is left where it fails. */
function journey(title, walk, options = {}) {
  test(title, async () => {
    const { context, page, broken } = await openPage(house, options);
    try {
      await walk(page, context);
    } catch (failure) {
      await shot(page, 'failed');
      throw failure;
    }
    assert.deepEqual(broken, []);
    await context.close();
  });
}

journey('WhatsApp: from the catalog to a paid order, and the news of it', async (page) => {
  await page.getByRole('combobox', { name: 'Entrar como' }).selectOption({ label: 'Atendente' });
  const rafael = await customer(page, 'Rafael');
  await rafael.write('Oi, bom dia!');
  await rafael.hear('O que você quer fazer?');
  await rafael.pick('O que você quer fazer?', 'Ver produtos');

  // Meta's catalog, opened from the message: pieces into the phone's own cart, sent with a word.
  await rafael.tap('Ver catálogo');
  await rafael.sheet.getByText('Canecas esmaltadas').waitFor();
  const picture = rafael.sheet.getByRole('listitem').filter({ hasText: 'Canecas esmaltadas' }).locator('img');
  await picture.scrollIntoViewIfNeeded();
  await picture.evaluate((image) => image.decode());
  await shot(page, 'whatsapp-catalog');
  await clean(page, 'the catalog on the phone');
  await rafael.sheet.getByRole('button', { name: 'Adicionar Canecas esmaltadas' }).click();
  await rafael.sheet.getByRole('button', { name: /^Vaso de cerâmica/ }).filter({ hasText: 'R$ 59,90' }).click();
  await rafael.sheet.getByRole('button', { name: 'Adicionar ao carrinho' }).click();
  await shot(page, 'whatsapp-good');
  await rafael.sheet.getByRole('button', { name: 'Abrir o carrinho, 2 itens' }).click();
  await rafael.sheet.getByText('R$ 149,80').waitFor();
  await rafael.sheet.getByRole('textbox').fill('É presente, pode embrulhar?');
  await shot(page, 'whatsapp-cart');
  await rafael.sheet.getByRole('button', { name: 'Enviar carrinho' }).click();
  await rafael.hear('1 × Vaso de cerâmica (Pequeno): R$ 59,90');
  await rafael.hear('O que fazemos agora?');

  // More by searching: the cart of the phone and that of the bot are one.
  await rafael.tap('Mudar um item');
  await rafael.pick('Qual item você quer mudar?', /^Canecas esmaltadas/);
  await rafael.hear('Escreva o número');
  await rafael.write('2');
  await rafael.hear('2 × Canecas esmaltadas: R$ 179,80');
  await rafael.tap('Fechar o pedido');
  await rafael.hear('Tem um cupom?');
  await rafael.tap('Não tenho');
  await rafael.pick('Como você quer receber?', 'Entregar no endereço');
  await rafael.hear('Qual é o CEP');
  await rafael.write('05422-010');
  await rafael.pick('Qual entrega você prefere?', 'São Paulo, capital');
  for (const [question, answer] of [['Qual é a rua', 'Rua dos Pinheiros, 498'], ['Qual é o bairro', 'Pinheiros'], ['Qual é a cidade', 'São Paulo']]) {
    await rafael.hear(question);
    await rafael.write(answer);
  }
  await rafael.pick('Como você quer pagar?', 'Pix');
  await rafael.hear('Total: R$ 259,60');
  await shot(page, 'whatsapp-confirm');
  await rafael.tap('Sim');

  // The bill in WhatsApp's own form, paid at the provider, and thanks by themselves.
  const bill = rafael.said('Aguardando pagamento');
  await bill.getByRole('button', { name: 'Copiar código Pix' }).waitFor();
  await bill.getByText('R$ 259,60').first().waitFor();
  await shot(page, 'whatsapp-bill');
  await bill.getByRole('button', { name: 'Pagar', exact: true }).click();
  await rafael.hear('Pagamento recebido, obrigado!');
  assert.equal(await rafael.said('obrigado!').count(), 1, 'thanks are said once');
  await shot(page, 'whatsapp-paid');

  // The attendant sees the order beside the conversation and moves it along.
  const { panel, part } = await beside(page, 'Rafael Antunes');
  await part('Pedidos');
  const order = panel.getByRole('listitem').filter({ hasText: '#101' });
  await order.getByText('Pago', { exact: true }).waitFor();
  await order.getByText('2× Canecas esmaltadas', { exact: true }).waitFor();
  await shot(page, 'attendant-order');
  await clean(page, 'the order beside the conversation');
  await order.getByRole('button', { name: 'Começar o preparo' }).click();
  await order.getByText('Em preparo', { exact: true }).waitFor();
  await order.getByRole('button', { name: 'Saiu para entrega' }).click();
  await rafael.hear(/saiu para entrega|a caminho|foi enviado/);
  await shot(page, 'whatsapp-news');

  // And the customer may ask at any time.
  await rafael.write('Oi, e o meu pedido?');
  await rafael.hear('O que você quer fazer?', 1);
  await rafael.pick('O que você quer fazer?', 'Meu pedido');
  await rafael.hear(/^Pedido 101: /);
  await shot(page, 'whatsapp-status');
});

journey('Telegram: by cards, keyboards, a copied code and the pages behind links', async (page, context) => {
  await page.getByRole('button', { name: 'Thiago' }).click();
  const phone = page.getByRole('region', { name: /^Celular/ });
  await phone.getByRole('button', { name: 'Voltar às conversas' }).click();
  await phone.getByRole('button', { name: /Telegram/ }).click();
  const thiago = await customer(page, 'Thiago');
  await phone.getByRole('button', { name: 'COMEÇAR' }).click();
  await thiago.hear('O que você quer fazer?');
  await thiago.tap('Buscar produto');
  await thiago.hear('O que você procura?');
  await thiago.write('vaso');
  await thiago.hear('Encontrei estes produtos');
  await thiago.tap(/^Vaso de cerâmica/);
  await thiago.hear('Tamanho:');
  await thiago.tap(/^Grande/);
  await thiago.hear('Vaso de cerâmica (Grande): R$ 119,90');
  await thiago.write('1');
  await thiago.hear('Quer mais alguma coisa?');
  await thiago.tap('Ver mais produtos');

  // The shop's own page, by a link that is this customer's: one cart for both.
  const open = thiago.bubbles.last().getByRole('link', { name: 'Ver produtos' });
  const [shop] = await Promise.all([context.waitForEvent('page'), open.click()]);
  await shop.getByRole('searchbox').fill('canecas');
  await shop.keyboard.press('Enter');
  await shop.getByText('Resultados para').waitFor();
  await shop.getByRole('button', { name: /^Adicionar/ }).first().click();
  await shop.getByText('Pronto, está no carrinho.').waitFor();
  await shop.screenshot({ path: join(artifacts, 'purchase-telegram-shop.png') });
  await shop.close();
  await thiago.write('pronto, escolhi');
  await thiago.hear('Quer mais alguma coisa?', 1);
  await thiago.tap('Ver o carrinho');
  await thiago.hear('1 × Canecas esmaltadas: R$ 89,90');
  await thiago.hear('O que fazemos agora?');
  await thiago.tap('Fechar o pedido');
  await thiago.hear('Tem um cupom?');
  await thiago.write('BEMVINDO10');
  await thiago.hear('Como você quer receber?');
  await thiago.tap(/^Retirar na loja/);
  await thiago.hear('Como você quer pagar?');
  await shot(page, 'telegram-choices');
  await thiago.tap('Pix');
  await thiago.hear('Confirma o pedido?');
  await shot(page, 'telegram-confirm');
  await thiago.tap('Sim');

  // The code is copied with the bot's own button; the order has a page of its own.
  const bill = thiago.bubbles.filter({ has: page.getByRole('button', { name: 'Pagar', exact: true }) });
  await bill.getByRole('button', { name: /^Copiar/ }).click();
  await bill.getByText('Copiado').waitFor();
  await shot(page, 'telegram-bill');
  const [order] = await Promise.all([context.waitForEvent('page'), bill.getByRole('link', { name: /pedido/i }).click()]);
  await order.getByRole('heading', { level: 1, name: 'Falta só o pagamento' }).waitFor();
  await order.screenshot({ path: join(artifacts, 'purchase-telegram-order.png') });
  await clean(order, 'the page of the order');
  await bill.getByRole('button', { name: 'Pagar', exact: true }).click();
  await thiago.hear('Pagamento recebido, obrigado!');
  await order.getByRole('heading', { level: 1, name: 'Pagamento confirmado' }).waitFor(); // by itself
  await order.close();
  await shot(page, 'telegram-paid');
});

journey('an attendant shows goods, makes the order of the cart and changes it', async (page) => {
  await page.getByRole('combobox', { name: 'Entrar como' }).selectOption({ label: 'Atendente' });
  await page.getByRole('button', { name: 'Novo cliente' }).click();
  await page.getByRole('textbox', { name: 'Nome' }).fill('Beatriz Moura');
  await page.getByRole('button', { name: 'Criar', exact: true }).click();
  const beatriz = await customer(page, 'Beatriz');
  await beatriz.write('Quero falar com uma pessoa');
  await beatriz.hear('Vou chamar uma pessoa');
  const { inbox, panel, part } = await beside(page, 'Beatriz Moura');
  await inbox.getByRole('button', { name: 'Fechar dados do contato' }).click();
  await inbox.getByRole('button', { name: /Assumir/ }).first().click();
  await inbox.getByRole('textbox', { name: 'Resposta ao cliente' }).waitFor();
  await inbox.getByRole('button', { name: 'Loja do cliente' }).click();

  // Goods from the panel; the customer opens them and sends a cart.
  await part('Produtos');
  for (const [words, name] of [['vaso', 'Vaso de cerâmica · Pequeno'], ['canecas', 'Canecas esmaltadas']]) {
    await panel.getByRole('searchbox', { name: 'Buscar produto' }).fill(words);
    await panel.getByRole('checkbox', { name }).check();
  }
  await panel.getByRole('textbox', { name: 'Texto da mensagem' }).fill('Separei estes para você, Beatriz:');
  await shot(page, 'attendant-offer');
  await clean(page, 'goods beside the conversation');
  await panel.getByRole('button', { name: 'Enviar 2 produtos' }).click();
  await beatriz.hear('Separei estes para você, Beatriz:');
  await beatriz.tap('Ver itens');
  await beatriz.sheet.getByRole('button', { name: 'Adicionar Vaso de cerâmica · Pequeno' }).click();
  await beatriz.sheet.getByRole('button', { name: 'Abrir o carrinho, 1 item' }).click();
  await beatriz.sheet.getByRole('button', { name: 'Enviar carrinho' }).click();
  await shot(page, 'attendant-shown');

  // The cart arrives beside the conversation; the attendant adds to it and closes the order.
  await part('Carrinho');
  const lines = panel.getByRole('list', { name: 'Carrinho' });
  await lines.getByText('Vaso de cerâmica').waitFor();
  await panel.getByRole('button', { name: 'Mais uma de Vaso de cerâmica · Pequeno' }).click();
  await lines.getByText('R$ 119,80').waitFor();
  await panel.getByRole('button', { name: 'Escolher entrega' }).click();
  await panel.getByRole('radio', { name: /^Retirar na loja/ }).check();
  await panel.getByRole('button', { name: 'Salvar' }).click();
  await shot(page, 'attendant-cart');
  await clean(page, 'the cart beside the conversation');
  await panel.getByRole('button', { name: /^Fechar pedido/ }).click();
  await panel.getByRole('textbox', { name: 'Como paga' }).or(panel.getByRole('combobox', { name: 'Como paga' })).click();
  await inbox.getByRole('option', { name: /^Pix/ }).first().click();
  await panel.getByRole('button', { name: /^Fazer pedido de/ }).click();
  await beatriz.said('Aguardando pagamento').getByText('R$ 119,80').first().waitFor();
  await shot(page, 'attendant-placed');

  // She wants one less: the order changes, and the customer has the right bill.
  const order = panel.getByRole('list', { name: 'Pedidos' }).getByRole('listitem').first();
  await order.getByRole('button', { name: 'Mais ações' }).click();
  await inbox.getByRole('menuitem', { name: 'Mudar os itens' }).click();
  const dialog = inbox.getByRole('dialog', { name: /^Itens do pedido/ });
  await dialog.getByRole('textbox', { name: /^Quantidade de Vaso/ }).fill('1');
  await shot(page, 'attendant-edit');
  await dialog.getByRole('button', { name: 'Salvar itens' }).click();
  await dialog.waitFor({ state: 'detached' });
  const bill = beatriz.said('Aguardando pagamento').last().filter({ hasText: 'R$ 59,90' });
  await bill.getByText('a cobrança anterior não vale mais').waitFor();
  await bill.getByRole('button', { name: /^Pagar/ }).click();
  await bill.getByText('a loja confere e confirma').waitFor();

  // A key of the company's own tells nobody: the attendant has seen the money.
  await order.getByRole('button', { name: 'Confirmar recebimento' }).click();
  const receipt = inbox.getByRole('dialog', { name: /^Recebimento do pedido/ });
  await receipt.getByRole('button', { name: 'Confirmar recebimento' }).click();
  await beatriz.hear('Pagamento recebido, obrigado!');
  await order.getByText('Pago', { exact: true }).waitFor();
  await shot(page, 'attendant-paid');
});

for (const [size, width, height] of [['desktop', 1440, 900], ['phone', 390, 844]]) {
  journey(`the shop beside a conversation on a ${size}, light and dark: drawn and accessible`, async (page, context) => {
    await signIn(house, context, 'attendant');
    const { items } = await (await context.request.get(`${house.base}/api/v1/conversations?limit=1`)).json();
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.evaluate(() => localStorage.clear()); // an open panel is remembered
      await page.goto(`${house.base}/inbox/${items[0].id}`);
      await page.getByRole('button', { name: 'Loja do cliente' }).click();
      const panel = page.getByRole('tabpanel', { name: 'Loja' });
      for (const [name, part, ready] of [
        ['cart', 'Carrinho', panel.getByText('O carrinho está vazio')],
        ['orders', 'Pedidos', panel.getByRole('button', { name: 'Do carrinho' })],
        ['offer', 'Produtos', panel.getByRole('checkbox').first()],
      ]) {
        await panel.getByText(part, { exact: true }).first().click();
        await ready.waitFor();
        await settled(page);
        await shot(page, `panel-${name}-${size}-${scheme}`);
        await clean(page, `${name}, ${scheme}`);
      }
    }
  }, { width, height, path: '/' });
}
