// The pages of costs, as an operator looks at them: each at a desk and on a phone,
// light and dark, by axe; the matrix read, narrowed, fetched as a table; a budget
// changed; an environment's lease. The pictures are kept.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, openHouse, settled } from './house.mjs';

const axe = readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8');
const rooms = ['', '/services', '/companies', '/budgets', '/savings', '/quality', '/settings'];

let house;
let console_;
before(async () => {
  house = await openHouse();
  console_ = house.base.replace('localhost', 'operator.localhost');
});
after(async () => {
  await house?.close();
});

async function staff({ scheme = 'light', width = 1440, height = 900, locale = 'pt-BR' } = {}) {
  const context = await house.browser.newContext({ colorScheme: scheme, viewport: { width, height }, locale, reducedMotion: 'reduce' });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const broken = [];
  page.on('pageerror', (error) => broken.push(error.message));
  await page.goto(`${console_}/sign-in`);
  const status = await page.evaluate(async () => (await fetch('/api/v1/demo/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"role":"admin"}' })).status);
  assert.equal(status, 201);
  return { context, page, broken };
}

/** The demo's bills and then its meters are read while people look around: the companies of this month come last. */
async function laid(page) {
  const read = page.getByRole('table', { name: 'Empresas' });
  for (;;) {
    await page.goto(`${console_}/operator/costs/companies`);
    await read.or(page.getByText('Nenhuma empresa medida neste mês')).first().waitFor();
    if (await read.count()) break;
    await page.waitForResponse((answer) => answer.url().includes('/costs/'), { timeout: 2_000 }).catch(() => undefined);
  }
  await page.goto(`${console_}/operator/costs`);
  await page.getByRole('table', { name: 'Linha × ambiente × mês' }).waitFor();
}

/** A page without barriers, that does not scroll sideways; its picture is kept. */
async function clean(page, name) {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`), [], name);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth), false, `${name} scrolls sideways`);
  await page.screenshot({ path: join(artifacts, `cost-${name}.png`) });
}

const looks = [
  { name: 'desk-light', width: 1440, height: 1100, scheme: 'light' },
  { name: 'desk-dark', width: 1440, height: 1100, scheme: 'dark' },
  { name: 'phone-light', width: 390, height: 844, scheme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, scheme: 'dark' },
];

// In a hurry: a desk by day and a phone by night.
const seen = process.env.PROSA_E2E_SHORT ? [looks[0], looks[3]] : looks;

test('every page of costs, at a desk and on a phone, by day and by night', { timeout: 240_000 }, async () => {
  for (const look of seen) {
    const { context, page, broken } = await staff(look);
    await laid(page);
    for (const room of rooms) {
      await page.goto(`${console_}/operator/costs${room}`);
      await page.getByRole('heading', { name: 'Custos', level: 1 }).waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      await clean(page, `${look.name}${room.replace('/', '-')}`);
    }
    assert.deepEqual(broken, []);
    await context.close();
  }
});

test('who only reads costs enters with one press, and sees costs alone', { timeout: 120_000 }, async () => {
  for (const look of seen) {
    const context = await house.browser.newContext({ colorScheme: look.scheme, viewport: { width: look.width, height: look.height }, locale: 'pt-BR', reducedMotion: 'reduce' });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await page.goto(`${console_}/sign-in`);
    await page.getByRole('button', { name: 'Entrar para ler custos' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /^Entrar (como|para)/ }).count(), 2);
    await clean(page, `${look.name}-enter`);
    await page.getByRole('button', { name: 'Entrar para ler custos' }).click();
    await page.waitForURL('**/operator/costs');
    await laid(page);
    await clean(page, `${look.name}-reader`);
    await page.goto(`${console_}/operator/costs/budgets`);
    await page.getByRole('heading', { name: 'Custos', level: 1 }).waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    await page.getByText(/de 120.000|Massivo · produção/).first().waitFor();
    assert.equal(await page.getByRole('button', { name: /^Mudar o orçamento/ }).count(), 0);
    const refused = await page.evaluate(async () => (await fetch('/api/v1/companies')).status);
    assert.equal(refused, 403);
    await context.close();
  }
});

test('the matrix leads to services, is narrowed, and is fetched as a table', { timeout: 120_000 }, async () => {
  const { context, page, broken } = await staff();
  await laid(page);
  const matrix = page.getByRole('table', { name: 'Linha × ambiente × mês' });
  const head = await matrix.getByRole('row', { name: /Massivo · produção/ }).innerText();
  assert.match(head, /US\$\s?1\.\d/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Baixar CSV' }).click()]);
  const csv = readFileSync(await download.path(), 'utf8');
  assert.match(csv.split('\n')[0], /line/);
  assert.match(csv, /massivo/);
  await matrix.getByRole('row', { name: /Massivo · produção/ }).getByRole('link').last().click();
  await page.waitForURL(/\/costs\/services\?.*line=massivo/);
  await page.getByRole('table', { name: 'Serviços' }).waitFor();

  await page.getByRole('link', { name: 'Orçamentos' }).click();
  await page.getByRole('button', { name: 'Mudar o orçamento de Massivo · produção' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Valor/).fill('54321,00');
  await dialog.getByRole('button', { name: 'Salvar' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(/54\.321,00/).first().waitFor();
  assert.deepEqual(broken, []);
  await context.close();
});

test('in English too', { timeout: 60_000 }, async () => {
  const { context, page } = await staff({ locale: 'en-US' });
  await page.goto(`${console_}/operator/costs`);
  await page.evaluate(() => localStorage.setItem('prosa.language', 'en'));
  await page.goto(`${console_}/operator/costs/companies`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await clean(page, 'english-companies');
  await context.close();
});
