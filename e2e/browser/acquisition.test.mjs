// From an empty database to a paid company whose bot answers: an operator sets
// the platform up and puts plans on sale, a company buys one by card at the
// simulated Stripe, comes by the letter that the simulated SendGrid took, and its
// bot answers on the simulated telephone; the simulated Zoho has the contract.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { passEnrolment } from './factor.mjs';
import { artifacts, openEmptyHouse, openPage } from './house.mjs';

const hook = 'whsec_c2ltdWxhdGVk';
let house;
let began;
before(async () => {
  house = await openEmptyHouse((world) => ({
    PROSA_SANDBOX_URL: world, PROSA_PLAN_PAYMENT: 'stripe', PROSA_STRIPE_BASE_URL: `${world}/stripe`, PROSA_STRIPE_KEY: 'sk_test_simulated', PROSA_STRIPE_WEBHOOK_SECRETS: hook,
    PROSA_ZOHO_ACCOUNTS_URL: `${world}/zoho`, PROSA_MAIL_SENDER: 'sendgrid', PROSA_SENDGRID_BASE_URL: `${world}/sendgrid`, PROSA_SENDGRID_KEY: 'SG.simulated',
  }));
  began = Date.now();
});
after(async () => {
  await house?.close();
});

async function world(path, body, method = body ? 'POST' : 'GET') {
  const answer = await fetch(house.world + path, { method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${path} answered ${answer.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Asks again until there is an answer. */
async function until(what, ask) {
  for (let tries = 0; ; tries++) {
    const found = await ask();
    if (found) return found;
    assert.ok(tries < 300, `waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 100)); // between two looks
  }
}

/** What the newest mail to an address says, once it says something about a thing. */
const letter = (email, about) =>
  until(`a letter to ${email} about ${about}`, async () => {
    const { mails } = await world('/sendgrid/_sandbox/mails');
    return mails.map((mail) => JSON.stringify(mail)).reverse().find((mail) => mail.includes(email) && about.test(mail));
  });

/** A call of a page to the API, as its own code would make it. */
async function call(page, path, body) {
  const { status, text } = await page.evaluate(
    async ([to, sent]) => {
      const answer = await fetch(to, sent === null ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: sent });
      return { status: answer.status, text: await answer.text() };
    },
    [`/api/v1${path}`, body === undefined ? null : JSON.stringify(body)],
  );
  assert.ok(status < 300, `${path} answered ${status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

test('from an empty database to a paid company whose bot answers', { timeout: 180_000 }, async () => {
  // The operator: first run, second factor, plans, the CRM.
  const address = new URL(house.log().match(/address="?(\S+?\/setup#[^"\s]+)/)[1]);
  const staff = await openPage(house, { path: address.pathname + address.hash });
  await staff.page.getByRole('textbox', { name: 'Nome da empresa' }).fill('Plataforma');
  await staff.page.getByRole('textbox', { name: 'Seu nome' }).fill('Olga Reis');
  await staff.page.getByRole('textbox', { name: 'E-mail' }).fill('olga@plataforma.example');
  await staff.page.getByRole('textbox', { name: 'Senha' }).fill('uma-frase-bem-longa-9');
  await staff.page.getByRole('button', { name: 'Começar' }).click();
  await passEnrolment(staff.page);
  await staff.page.getByText('Nenhuma conversa ainda').waitFor();
  const empty = await openPage(house, { path: '/planos' });
  await empty.page.getByRole('heading', { level: 1 }).waitFor();
  await empty.page.screenshot({ path: join(artifacts, 'acquisition-no-plans.png') });
  await empty.context.close();
  await staff.page.goto(`${house.base}/operator/plans`);
  await staff.page.getByRole('button', { name: 'Criar tabela de exemplo' }).click();
  await staff.page.getByText('Essencial').first().waitFor();
  await staff.page.screenshot({ path: join(artifacts, 'acquisition-plans.png') });
  // The ready plans begin with a trial; one more is paid at once.
  const text = (pt, en) => ({ pt, en });
  const draft = await call(staff.page, '/operator/plans', {
    slug: 'direto', line: 'massivo',
    content: { name: text('Direto', 'Direct'), summary: text('Sem teste.', 'No trial.'), features: [], highlight: false, currency: 'BRL', monthly: 9900, annual: 99000, trial_days: 0, trial_needs_payment: false, limits: {} },
  });
  await call(staff.page, `/operator/plan-versions/${draft.id}/publish`, {});
  await world('/stripe/_sandbox/endpoint', { url: `${house.base}/webhooks/plans/stripe`, secret: hook }, 'PUT');
  await world('/zoho/_sandbox/clients', { client_id: '1000.E2E', client_secret: 'simulated' });
  const { refresh_token } = await world('/zoho/_sandbox/refresh', { client_id: '1000.E2E' });
  await call(staff.page, '/operator/crm/connect', { centre: 'us', client_id: '1000.E2E', client_secret: 'simulated', refresh_token });

  // The company.
  const { context, page, broken } = await openPage(house, { path: '/planos', width: 390, height: 844 });
  await page.getByRole('link', { name: /Direto$/ }).click();
  await page.getByRole('heading', { name: 'Quem está contratando' }).waitFor();
  const email = 'marta@padariasol.com.br';
  await page.getByLabel('Seu nome').fill('Marta Lima');
  await page.getByLabel('E-mail', { exact: true }).first().fill(email);
  await page.getByLabel('Telefone com DDD').pressSequentially('11987654321');
  await page.getByLabel('CNPJ', { exact: true }).pressSequentially('12ABC34501DE35');
  await page.getByRole('button', { name: 'Sim, está certo' }).click();
  await page.getByLabel('Razão social').fill('Padaria Sol Ltda');
  await page.getByRole('button', { name: 'Continuar', exact: true }).click();
  const field = (name) => page.getByRole('textbox', { name, exact: true });
  await field('CEP').pressSequentially('01310100');
  await field('Rua ou avenida').fill('Avenida Paulista');
  await field('Número').fill('1000');
  await field('Bairro').fill('Bela Vista');
  await field('Cidade').fill('São Paulo');
  await page.getByRole('combobox', { name: 'UF' }).selectOption('SP');
  await page.getByRole('radio', { name: /^Serviços/ }).check();
  await page.getByRole('button', { name: 'Continuar', exact: true }).click();
  const code = /\b([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})\b/.exec(await letter(email, /[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}/))[1];
  await page.getByLabel('Código do e-mail').fill(code);
  await page.getByRole('heading', { name: 'Revise e conclua' }).waitFor();
  await page.getByLabel(/^Li e aceito os termos/).click();
  await page.getByText(/^Termos aceitos em/).waitFor();
  const card = page.getByRole('radio', { name: /^Cartão de crédito/ });
  if (await card.count()) await card.check();
  await page.getByRole('button', { name: 'Ir para o pagamento' }).click();
  await page.getByRole('button', { name: 'Pagar com cartão' }).click();
  await page.getByRole('heading', { name: 'Sua conta está pronta' }).waitFor({ timeout: 60_000 });
  await page.screenshot({ path: join(artifacts, 'acquisition-ready.png') });

  // By the letter, not by the page.
  const link = /https?:[^"\\\s]+\/invitation#[\w-]+/.exec(await letter(email, /\/invitation#/))[0];
  await page.goto(link);
  await page.getByRole('textbox', { name: 'Senha' }).fill('pao-quente-as-4-da-tarde');
  const name = page.getByRole('textbox', { name: 'Seu nome' });
  if (await name.count()) await name.fill('Marta Lima');
  await page.getByRole('button', { name: 'Aceitar convite' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/invitation'));
  const session = await call(page, '/session');
  assert.equal(session.company.state, 'active');

  // A customer writes, and the bot answers.
  const account = (await call(page, '/channels')).items[0];
  await world('/sandbox/phone/api/phones', { name: 'Dalva Nunes', phone: '+5511912345678', channels: ['whatsapp'] });
  const { phones } = await world('/sandbox/phone/api/phones');
  const phone = phones.find((each) => each.name === 'Dalva Nunes');
  const chat = await until('the company on the telephone', async () => {
    const { chats } = await world(`/sandbox/phone/api/phones/${encodeURIComponent(phone.id)}/chats`);
    return chats.find((each) => JSON.stringify(each).includes(account.external_id));
  });
  await world(`/sandbox/phone/api/chats/${encodeURIComponent(chat.id)}/messages`, { kind: 'text', text: 'Oi, bom dia!' });
  const answer = await until('the answer of the bot', async () => {
    const { bubbles } = await world(`/sandbox/phone/api/chats/${encodeURIComponent(chat.id)}/messages`);
    return bubbles.find((bubble) => bubble.dir === 'theirs');
  });
  console.log(`from the empty database to the bot's answer: ${((Date.now() - began) / 1000).toFixed(1)} s; it said: ${JSON.stringify(answer.content ?? answer.text ?? answer).slice(0, 120)}`);
  await page.goto(`${house.base}/inbox`);
  await page.getByText('Dalva Nunes').first().waitFor();
  await page.screenshot({ path: join(artifacts, 'acquisition-inbox.png') });

  // The side branch came along: one account, one contact, one deal.
  for (const module of ['Accounts', 'Contacts', 'Deals']) {
    const { records } = await until(`${module} in the CRM`, async () => {
      const held = await world(`/zoho/_sandbox/records?module=${module}`);
      return held.records.length > 0 ? held : undefined;
    });
    assert.equal(records.length, 1, module);
  }
  assert.deepEqual(broken, []);
  assert.deepEqual(staff.broken, []);
  await context.close();
  await staff.context.close();
});
