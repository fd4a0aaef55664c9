// From the page of prices to a company whose bot answers: what a buyer sees, with
// the simulated Stripe, the letters of the demo's folder and the simulated phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { artifacts, openHouse, openPage, settled } from './house.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let house;
before(async () => {
  house = await openHouse();
  await sellWithoutTrial();
});
after(async () => {
  await house?.close();
});

/** The demo's plans begin with a trial; one more is paid at once, as an operator would set it up. */
async function sellWithoutTrial() {
  const console = house.base.replace('localhost', 'operator.localhost');
  const context = await house.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${console}/sign-in`); // the name is one that only browsers know to be this machine
  const post = async (path, data) => {
    const { status, text } = await page.evaluate(async ([to, body]) => {
      const answer = await fetch(to, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      return { status: answer.status, text: await answer.text() };
    }, [`/api/v1${path}`, JSON.stringify(data)]);
    assert.ok(status < 300, `${path}: ${text}`);
    return JSON.parse(text);
  };
  await post('/demo/session', { role: 'admin' });
  const draft = await post('/operator/plans', {
    slug: 'direto', line: 'massivo',
    content: { name: { pt: 'Direto', en: 'Direct' }, summary: { pt: 'Sem teste.', en: 'No trial.' }, features: [], highlight: false, currency: 'BRL', monthly: 9900, annual: 99000, trial_days: 0, trial_needs_payment: false, limits: {} },
  });
  await post(`/operator/plan-versions/${draft.id}/publish`, {});
  await context.close();
}

const shot = (page, name) => page.screenshot({ path: join(artifacts, `signup-${name}.png`), fullPage: true });

/** What axe finds, and whether something scrolls sideways. */
async function clean(page, name) {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], iframes: false }));
  assert.deepEqual(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(' | ')}`), [], name);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  assert.equal(sideways, false, `${name} does not scroll sideways`);
}

/** The newest letter to an address that is about something, from the demo's folder of mails. */
async function letter(page, email, about) {
  for (let tries = 0; ; tries++) {
    const list = await (await page.context().request.get(`${house.base}/sandbox/mail/`)).text();
    const found = list.split('<article>').slice(1).find((each) => each.includes(email) && about.test(each));
    if (found) return found;
    assert.ok(tries < 100, `no letter to ${email} about ${about}:\n${list.slice(0, 2000)}`);
    await new Promise((done) => setTimeout(done, 100)); // between two looks
  }
}

/** Fills in the steps up to the review, as a person does. */
async function fill(page, { email, number, name, taken = false }) {
  await page.getByLabel('Seu nome').fill('Marta Lima');
  await page.getByLabel('E-mail', { exact: true }).first().fill(email);
  await page.getByLabel('Telefone com DDD').pressSequentially('11987654321');
  await page.getByLabel('CNPJ', { exact: true }).pressSequentially(number);
  await page.getByRole('button', { name: 'Sim, está certo' }).click();
  await page.getByLabel('Razão social').fill(name);
  await page.getByRole('button', { name: 'Continuar', exact: true }).click();

  await page.getByRole('heading', { name: 'Endereço e primeiros passos' }).waitFor();
  const field = (name) => page.getByRole('textbox', { name, exact: true });
  await field('CEP').pressSequentially('01310100');
  await field('Rua ou avenida').fill('Avenida Paulista');
  await field('Número').fill('1000');
  await field('Bairro').fill('Bela Vista');
  await field('Cidade').fill('São Paulo');
  await page.getByRole('combobox', { name: 'UF' }).selectOption('SP');
  await page.getByRole('radio', { name: /^Serviços/ }).check();
  await page.getByLabel('Criar um catálogo de exemplo').check();
  await clean(page, 'the address');
  await page.getByRole('button', { name: 'Continuar', exact: true }).click();

  const box = page.getByLabel('Código do e-mail');
  await box.waitFor();
  await clean(page, 'the code');
  const code = /\b([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})\b/.exec(await letter(page, email, /[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}/))[1];
  await box.fill(code);
  if (taken) {
    // Whose e-mail is proven is told that the company is here, and decides.
    await page.getByText('Esta empresa já tem uma conta no Prosa').waitFor();
    await clean(page, 'a company that is here');
    await page.getByRole('button', { name: 'Fazer um segundo contrato' }).click();
    await page.getByText('Será um segundo contrato').waitFor();
    await page.getByRole('link', { name: 'Revisão' }).click();
  }
  await page.getByRole('heading', { name: 'Revise e conclua' }).waitFor();
  await page.getByLabel(/^Li e aceito os termos/).click();
  await page.getByText(/^Termos aceitos em/).waitFor();
}

/** From the ready account into the company, and to its first steps. */
async function activate(page) {
  await page.getByRole('heading', { name: 'Sua conta está pronta' }).waitFor({ timeout: 60_000 });
  await clean(page, 'the ready account');
  await page.getByRole('link', { name: 'Ativar minha conta' }).click();
  await page.getByRole('textbox', { name: 'Senha' }).fill('pao-quente-as-4-da-tarde');
  const name = page.getByRole('textbox', { name: 'Seu nome' });
  if (await name.count()) await name.fill('Marta Lima');
  await page.getByRole('button', { name: 'Aceitar convite' }).click();
  await page.getByRole('heading', { name: /^Boas-vindas/ }).waitFor();
}

/** A journey in a browser of its own; a picture is left where it fails. */
function journey(title, walk, options = {}) {
  test(title, async () => {
    const { context, page, broken } = await openPage(house, { path: '/planos', ...options });
    try {
      await walk(page, context);
    } catch (failure) {
      await shot(page, `failed-${title.slice(0, 7).trim()}`);
      throw failure;
    }
    assert.deepEqual(broken, []);
    await context.close();
  });
}

journey('by card: from the prices to a company whose bot answers', async (page, context) => {
  await page.getByRole('heading', { level: 3 }).first().waitFor();
  await clean(page, 'the prices');
  await shot(page, 'prices');
  await page.getByRole('radio', { name: /^Anual/ }).check({ force: true });
  await page.getByText(/^equivale a/).first().waitFor();
  await page.getByRole('radio', { name: /^Mensal/ }).check({ force: true });
  await page.getByRole('link', { name: /Escala$/ }).click();
  await page.getByRole('heading', { name: 'Quem está contratando' }).waitFor();
  await clean(page, 'who buys');

  // A reload in the middle loses nothing.
  await page.getByLabel('Seu nome').fill('Marta');
  await page.reload();
  await page.getByLabel('Seu nome').waitFor();
  assert.equal(await page.getByLabel('Seu nome').inputValue(), 'Marta');

  await fill(page, { email: 'marta@padariasol.com.br', number: '12abc34501de35', name: 'Padaria Sol Ltda' });
  await clean(page, 'the review');
  await shot(page, 'review');
  await page.getByRole('radio', { name: /^Cartão de crédito/ }).check();
  await page.getByRole('button', { name: 'Ir para o pagamento' }).click();

  // A card that the bank declines, then one that it takes.
  await page.getByRole('button', { name: 'Simular cartão recusado' }).click();
  await page.getByRole('button', { name: 'Pagar com cartão' }).click();
  await activate(page);
  await clean(page, 'the first steps');
  await shot(page, 'first-steps');
  assert.equal(await page.getByTestId('start-catalog').getAttribute('data-done'), 'true', 'the sample catalog is there');
  assert.equal(await page.getByTestId('start-talk').getAttribute('data-done'), null, 'nobody has written yet');

  // The first customer writes on the simulated phone, and the bot answers.
  const get = async (path) => (await context.request.get(house.base + path)).json();
  const post = (path, data) => context.request.post(house.base + path, { data, headers: { 'Sec-Fetch-Site': 'same-origin' } });
  const account = (await get('/api/v1/channels')).items[0];
  assert.equal(account.settings.rehearsal, 'true');
  const { phones } = await get('/sandbox/phone/api/phones');
  const phone = phones[0];
  let chat;
  for (let tries = 0; chat === undefined; tries++) {
    const { chats } = await get(`/sandbox/phone/api/phones/${encodeURIComponent(phone.id)}/chats`);
    chat = chats.find((each) => JSON.stringify(each).includes(account.external_id));
    assert.ok(tries < 50, `the phone does not know ${account.external_id}: ${JSON.stringify(chats).slice(0, 600)}`);
    await new Promise((done) => setTimeout(done, 100)); // between two looks
  }
  const sent = await post(`/sandbox/phone/api/chats/${encodeURIComponent(chat.id)}/messages`, { kind: 'text', text: 'Oi, bom dia!' });
  assert.ok(sent.ok(), await sent.text());
  for (let tries = 0; ; tries++) {
    const { bubbles } = await get(`/sandbox/phone/api/chats/${encodeURIComponent(chat.id)}/messages`);
    if (bubbles.some((bubble) => bubble.dir === 'theirs')) break;
    assert.ok(tries < 200, `the bot is silent: ${JSON.stringify(bubbles).slice(0, 600)}`);
    await new Promise((done) => setTimeout(done, 100)); // between two looks
  }
  // The list looks again by itself.
  await page.getByTestId('start-talk').and(page.locator('[data-done="true"]')).waitFor({ timeout: 40_000 });

  // Put away, and out of the navigation.
  await page.getByRole('button', { name: 'Deixar para depois' }).click();
  await page.getByRole('heading', { name: 'Conversas' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Começar', exact: true }).count(), 0);
});

journey('by Pix, on a phone: left in the middle, taken up again, paid at the bank', async (page) => {
  await page.getByRole('heading', { level: 3 }).first().waitFor();
  await clean(page, 'the prices on a phone');
  await page.getByRole('link', { name: /Direto$/ }).click();
  await page.getByRole('heading', { name: 'Quem está contratando' }).waitFor();
  await fill(page, { email: 'joao@bicicletas.com.br', number: '11444777000161', name: 'Bicicletas do João Ltda' });
  await clean(page, 'the review on a phone');
  await page.getByRole('radio', { name: /^Pix/ }).check();
  await page.getByRole('button', { name: 'Ir para o pagamento' }).click();
  await page.getByRole('button', { name: 'Pagar com Pix' }).click();
  await page.getByRole('button', { name: 'Simular: já paguei no banco' }).waitFor();
  const bank = page.url();

  // Back at ours the code waits, and the page says so by itself.
  await page.goto(`${house.base}/assinar/retorno`);
  await page.getByRole('heading', { name: 'Pague com Pix' }).waitFor({ timeout: 30_000 });
  await page.getByRole('img', { name: 'Código QR do Pix' }).waitFor();
  await settled(page);
  await clean(page, 'the Pix');
  await shot(page, 'pix');
  const other = await page.context().newPage();
  await other.goto(bank);
  await other.getByRole('button', { name: 'Simular: já paguei no banco' }).click();
  await other.close();
  await page.bringToFront();
  await activate(page);
  await clean(page, 'the first steps on a phone');
  await shot(page, 'first-steps-phone');
}, { width: 390, height: 844, scheme: 'dark' });

journey('the link of a letter opens a purchase in another browser; a company that is here is told so', async (page) => {
  await page.goto(`${house.base}/assinar?plano=essencial`);
  await page.getByRole('heading', { name: 'Quem está contratando' }).waitFor();
  await fill(page, { email: 'rita@flores.com.br', number: '12ABC34501DE35', name: 'Flores da Rita Ltda', taken: true });
  await page.getByText('Continuar depois').click();
  await page.getByRole('button', { name: 'Mandar o link' }).click();
  await page.getByText(/o link chega em instantes/).waitFor();
  const link = /\/assinar\/continuar#([\w-]+)/.exec(await letter(page, 'rita@flores.com.br', /assinar\/continuar#/));
  const elsewhere = await openPage(house, { path: link[0], width: 390, height: 844 });
  await elsewhere.page.getByRole('heading', { name: 'Revise e conclua' }).waitFor();
  await elsewhere.page.getByText('rita@flores.com.br').waitFor();
  await elsewhere.page.getByRole('button', { name: 'Começar o teste grátis' }).waitFor(); // the terms were accepted there
  await elsewhere.page.goto(`${house.base}/assinar/continuar`);
  await elsewhere.page.getByText('Há uma compra em andamento neste navegador.').waitFor();
  await clean(elsewhere.page, 'coming back');
  await elsewhere.page.goto(`${house.base}/termos`);
  await elsewhere.page.getByRole('heading', { level: 1 }).waitFor();
  await clean(elsewhere.page, 'the terms');
  assert.deepEqual(elsewhere.broken, []);
  await elsewhere.context.close();

  // A trial that asks for no payment begins at a press.
  await page.getByRole('button', { name: 'Começar o teste grátis' }).click();
  await activate(page);
});

test('what a stranger fetches to see the prices is small and holds no inbox', async () => {
  const context = await house.browser.newContext({ locale: 'pt-BR' });
  const page = await context.newPage();
  const fetched = [];
  page.on('requestfinished', (request) => fetched.push(request.sizes().then((sizes) => ({ name: new URL(request.url()).pathname, bytes: sizes.responseBodySize + sizes.responseHeadersSize }))));
  await page.goto(`${house.base}/planos`);
  await page.getByRole('heading', { level: 3 }).first().waitFor();
  await page.waitForLoadState('networkidle');
  const all = await Promise.all(fetched);
  const kilobytes = Math.round(all.reduce((sum, each) => sum + each.bytes, 0) / 1024);
  const names = all.map((each) => each.name).join(' ');
  assert.ok(kilobytes > 40 && kilobytes < 110, `${kilobytes} KB: ${names}`);
  assert.doesNotMatch(names, /inbox|mantine|builder/i);
  await context.close();
});
