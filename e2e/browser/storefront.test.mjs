// The pages that customers open: the shop by the link of a conversation, the cart,
// delivery, payment and the order that is followed; light and dark, phone and
// desk, and once without a script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { artifacts, openHouse, openPage, signIn } from './house.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let house;
let links; // customers' shops, one a conversation that the administrator may answer
before(async () => {
  house = await openHouse();
  links = await shopLinks();
});
after(async () => {
  await house?.close();
});

/** Shows the catalog in conversations, as a person does, and takes the links from the messages. */
async function shopLinks() {
  const { context } = await openPage(house, { path: '/' });
  await signIn(house, context, 'admin');
  const { items } = await (await context.request.get(`${house.base}/api/v1/conversations?limit=60`)).json();
  const found = [];
  for (const { id } of items) {
    const answer = await context.request.post(`${house.base}/api/v1/conversations/${id}/products`, {
      data: { catalog: true, text: 'Nossa loja' },
      headers: { 'Sec-Fetch-Site': 'same-origin', 'Idempotency-Key': `shop-${id}` },
    });
    const link = answer.status() === 201 ? (await answer.json()).content?.shelf?.link : undefined;
    if (link) found.push(link);
    if (found.length === 4) break;
  }
  await context.close();
  assert.equal(found.length, 4, 'four customers have a shop');
  return found;
}

/** What axe finds, what scrolls sideways, and a picture of the page. */
async function look(page, name) {
  await page.screenshot({ path: join(artifacts, `store-${name}.png`), fullPage: true });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
  assert.deepEqual(found, [], name);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  assert.equal(sideways, false, `${name} does not scroll sideways`);
}

/** Fills the cart and goes to the page of payment. */
async function fill(page, shop, see = async () => {}) {
  await page.goto(shop);
  await see('shop');
  await page.getByRole('searchbox').fill('vaso ceramica');
  await page.keyboard.press('Enter');
  await page.getByText('Resultados para').waitFor();
  await page.getByRole('link', { name: /Vaso de cerâmica/ }).first().click();
  await page.getByRole('link', { name: 'Grande' }).click();
  await page.getByRole('heading', { level: 1, name: 'Vaso de cerâmica' }).waitFor();
  await see('good');
  await page.getByRole('spinbutton', { name: 'Quantidade' }).fill('1');
  await page.getByRole('button', { name: 'Adicionar ao carrinho' }).click();
  await page.getByText('Pronto, está no carrinho.').waitFor();
  await page.goto(`${shop}?q=canecas`);
  await page.getByRole('button', { name: /^Adicionar/ }).first().click();
  await page.goto(`${shop}/cart`);
  await page.getByLabel('Cupom de desconto').fill('NADA');
  await page.getByRole('button', { name: 'Aplicar' }).click();
  await page.getByText('Este cupom não existe.').waitFor();
  await see('cart');
  await page.getByRole('button', { name: 'Uma peça a mais de Canecas esmaltadas' }).click();
  await page.getByRole('button', { name: 'Uma peça a menos de Canecas esmaltadas' }).click();
  await page.getByRole('link', { name: 'Carrinho 2' }).waitFor();
  await page.getByRole('link', { name: 'Continuar', exact: true }).click();
  await page.getByLabel('CEP').fill('05422-010');
  await page.getByRole('button', { name: 'Ver opções de entrega' }).click();
  await page.getByText('São Paulo, capital').click();
  await page.getByLabel('Rua, número e complemento').fill('Rua dos Pinheiros, 498');
  await page.getByLabel('Cidade').fill('São Paulo');
  await see('delivery');
  await page.getByRole('button', { name: 'Continuar para o pagamento' }).click();
  await page.getByRole('heading', { level: 1, name: 'Pagamento' }).waitFor();
  await page.getByText('Pix', { exact: true }).first().click();
  await see('pay');
}

let nth = 0;
for (const scheme of ['light', 'dark']) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    test(`a customer orders and follows it: ${scheme}, ${width} px`, async () => {
      const shop = links[nth++];
      const { context, page, broken } = await openPage(house, { scheme, width, height, path: '/' });
      const kind = `${width < 600 ? 'phone' : 'desktop'}-${scheme}`;
      await fill(page, shop, (name) => look(page, `${name}-${kind}`));
      await page.getByRole('button', { name: /^Fazer pedido/ }).click();
      await page.getByRole('heading', { level: 1, name: 'Falta só o pagamento' }).waitFor();
      await page.getByRole('button', { name: 'Copiar código' }).waitFor();
      assert.equal(await page.getByAltText('QR Code do Pix').evaluate((image) => image.naturalWidth > 300), true);
      await page.getByText(/\(faltam /).waitFor();
      await look(page, `order-${kind}`);
      if (width > 600) {
        // Somebody at the shop says that the Pix came: the page notices by itself.
        const { context: desk } = await openPage(house, { path: '/' });
        await signIn(house, desk, 'admin');
        const [order] = (await (await desk.request.get(`${house.base}/api/v1/orders?limit=1`)).json()).items;
        const { payments } = await (await desk.request.get(`${house.base}/api/v1/orders/${order.id}`)).json();
        const answer = await desk.request.post(`${house.base}/api/v1/payments/${payments[0].id}/confirm`, {
          data: { amount: order.total, note: 'caiu na conta' },
          headers: { 'Sec-Fetch-Site': 'same-origin', 'Idempotency-Key': `paid-${order.id}` },
        });
        assert.ok(answer.ok(), await answer.text());
        await page.getByRole('heading', { level: 1, name: 'Pagamento confirmado' }).waitFor();
        await look(page, `paid-${kind}`);
        const office = await desk.newPage();
        await office.goto(`${house.base}/orders?money=paid`);
        await office.getByRole('link', { name: new RegExp(`#${order.number}`) }).waitFor();
        await office.goto(`${house.base}/orders?money=refunded`);
        await office.getByText('Nada encontrado').or(office.getByText('Nenhum pedido')).first().waitFor();
        await desk.close();
      } else {
        await page.getByText('Cancelar pedido').click();
        await page.getByRole('button', { name: 'Sim, cancelar' }).click();
        await page.getByRole('heading', { level: 1, name: 'Pedido cancelado' }).waitFor();
        await look(page, `canceled-${kind}`);
      }
      assert.deepEqual(broken, []);
      await context.close();
    });
  }
}

test('everything works without a script', async () => {
  const context = await house.browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: 'pt-BR' });
  const page = await context.newPage();
  await fill(page, links[3]);
  await page.getByRole('button', { name: /^Fazer pedido/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Falta só o pagamento' }).waitFor();
  await page.getByText('Pix copia e cola').waitFor();
  await context.close();
});
