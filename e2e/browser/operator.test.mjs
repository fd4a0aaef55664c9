// The operators' console, as its staff use it: what needs somebody, a company's
// state and quota, a new version of a plan, a coupon. On the console's own host.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, openHouse, settled } from './house.mjs';

const axe = readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8');

let house;
let console_;
before(async () => {
  house = await openHouse();
  console_ = house.base.replace('localhost', 'operator.localhost');
});
after(async () => {
  await house?.close();
});

/** What axe finds, and whether something scrolls sideways. */
async function clean(page, name) {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`), [], name);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth), false, `${name} does not scroll sideways`);
  await page.screenshot({ path: join(artifacts, `operator-${name}.png`) });
}

/** Someone of the staff at the console. The host's name is one that only browsers know to be this machine. */
async function staff({ scheme = 'light', width = 1440, height = 900 } = {}) {
  const context = await house.browser.newContext({ colorScheme: scheme, viewport: { width, height }, locale: 'pt-BR', reducedMotion: 'reduce' });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const broken = [];
  page.on('pageerror', (error) => broken.push(error.message));
  await page.goto(`${console_}/sign-in`);
  const status = await page.evaluate(async () => (await fetch('/api/v1/demo/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"role":"admin"}' })).status);
  assert.equal(status, 201);
  await page.goto(`${console_}/operator`);
  return { context, page, broken };
}

/** Notices stand where the buttons are, and stay as long as the pointer rests on them. */
async function unnoticed(page) {
  await page.mouse.move(5, 700);
  const notices = page.locator('.mantine-Notification-root');
  while (await notices.count()) await notices.first().waitFor({ state: 'detached' });
}

test('an operator looks after companies, plans and coupons', { timeout: 60_000 }, async () => {
  const { context, page, broken } = await staff();
  await page.getByRole('heading', { name: 'Painel' }).waitFor();
  await page.getByText('Ninguém espera por você').waitFor();
  await clean(page, 'dashboard');
  const rooms = page.getByRole('navigation', { name: 'Seções da operação' });

  // A company gets more for a time; its state changes and comes back.
  await rooms.getByRole('link', { name: 'Empresas' }).click();
  await page.getByRole('searchbox', { name: 'Nome, CNPJ ou endereço' }).fill('aurora');
  await page.waitForURL(/q=aurora/);
  await page.getByRole('link', { name: 'Casa Aurora' }).click();
  await page.getByRole('heading', { name: 'Casa Aurora' }).waitFor();
  await page.getByRole('button', { name: 'Dar quota' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Dar quota' }).click();
  await dialog.getByText('Escreva ao menos 5 letras.').waitFor();
  await clean(page, 'deed');
  await dialog.getByRole('textbox', { name: 'Motivo' }).fill('campanha de fim de ano');
  await dialog.getByRole('button', { name: 'Dar quota' }).click();
  await page.getByRole('table', { name: 'Quotas temporárias' }).getByText('campanha de fim de ano').waitFor();
  await clean(page, 'company');

  // A new version of a plan, seen as the page of prices shows it.
  await rooms.getByRole('link', { name: 'Planos' }).click();
  await page.getByRole('button', { name: 'Nova versão' }).first().click();
  const save = page.getByRole('button', { name: 'Salvar', exact: true });
  await save.waitFor();
  await page.getByRole('textbox', { name: 'Nome em português' }).fill('Primeiros Passos');
  await page.getByRole('article').getByRole('heading', { name: 'Primeiros Passos' }).waitFor();
  await clean(page, 'plan');
  await save.click();
  await page.getByText('Há mudanças não salvas.').waitFor({ state: 'detached' });
  await unnoticed(page);
  await page.getByRole('button', { name: /^Publicar Primeiros Passos/ }).click();
  await dialog.getByText(/nunca mais muda/).waitFor();
  await dialog.getByRole('button', { name: 'Publicar' }).click();
  await page.getByText('À venda: não muda mais.', { exact: false }).waitFor();

  // A coupon.
  await rooms.getByRole('link', { name: 'Cupons' }).click();
  await unnoticed(page);
  await page.getByRole('button', { name: 'Criar cupom' }).click();
  await dialog.getByRole('textbox', { name: 'Código' }).fill('parceiro10');
  await dialog.getByRole('button', { name: 'Salvar' }).click();
  await page.getByRole('button', { name: 'PARCEIRO10' }).waitFor();
  await clean(page, 'coupons');
  assert.deepEqual(broken, []);
  await context.close();
});

test('the console fits a telephone at night', { timeout: 60_000 }, async () => {
  const { context, page, broken } = await staff({ scheme: 'dark', width: 390, height: 844 });
  await page.getByRole('heading', { name: 'Painel' }).waitFor();
  for (const [path, heading] of [['journeys', 'Jornadas'], ['integrations', 'Integrações'], ['integrations/crm', 'Zoho CRM'], ['letters', 'E-mails'], ['support', 'Acesso de suporte'], ['held', 'Mensagens retidas']]) {
    await page.goto(`${console_}/operator/${path}`);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    await clean(page, `night-${path.replace('/', '-')}`);
  }
  assert.deepEqual(broken, []);
  await context.close();
});
