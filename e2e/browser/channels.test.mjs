// The four channels, each as people live it: the customer's phone on the left,
// the attendant's inbox on the right. A bot greets with buttons and a list, a
// person takes over, pictures, voice notes, quotes and reactions go both ways,
// and after the reply window what the platform still allows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { artifacts, openHouse, openPage, settled, signIn } from './house.mjs';

let house;
before(async () => {
  house = await openHouse();
});
after(async () => {
  await house?.close();
});

const hour = 3_600_000;

/**
 * What differs. ticks: the last one that the platform tells of what we sent. caption: whether words stand under a
 * picture or follow it. Instagram takes no OGG: its recordings go as WAV, which the app shows as a voice note all the same.
 */
const channels = [
  { channel: 'whatsapp', app: 'WhatsApp', name: 'Rafael Antunes', list: true, ticks: 'Lida', caption: true },
  { channel: 'telegram', app: 'Telegram', name: 'Thiago Lobo', ticks: 'Enviada', caption: true },
  { channel: 'messenger', app: 'Messenger', name: 'Camila Nogueira', quick: true, ticks: 'Lida', caption: false },
  { channel: 'instagram', app: 'Instagram', name: 'Dona Zélia', quick: true, ticks: 'Lida', caption: false },
];

for (const it of channels) {
  test(`${it.app}: phone, bot, inbox and phone again, with every kind`, async () => {
    const { context, page, broken } = await openPage(house);
    try {
      await page.getByRole('combobox', { name: 'Entrar como' }).selectOption({ label: 'Atendente' });
      const customer = await phoneOf(page, it);
      await greet(customer, it);
      const attendant = await takeOver(page, it);
      await fromTheCustomer(customer, attendant);
      await fromTheAttendant(page, customer, attendant, it);
      await bothWays(page, customer, attendant, it);
      await pictures(page, it.channel);
    } catch (failure) {
      await page.screenshot({ path: join(artifacts, `channels-${it.channel}-failed.png`) });
      throw failure;
    }
    assert.deepEqual(broken, []);
    await context.close();
  });
}

/** A customer's telephone, in the chat with the company on a channel. */
async function phoneOf(page, { name, app }) {
  await page.getByRole('button', { name: name.split(' ')[0] }).first().click();
  const phone = page.getByRole('region', { name: `Celular: ${name}` });
  await phone.getByRole('button', { name: 'Voltar às conversas' }).click();
  await phone.getByRole('button', { name: new RegExp(app) }).click();
  return chatOf(page, phone);
}

function chatOf(page, phone) {
  const bubbles = phone.getByTestId('bubble');
  return {
    phone,
    said: (text) => bubbles.filter({ hasText: text }).last(),
    first: (text) => bubbles.filter({ hasText: text }).first(),
    last: () => bubbles.last(),
    hear: (text) => phone.getByText(text).last().waitFor(),
    async write(text) {
      await phone.getByTestId('phone-input').fill(text);
      await phone.getByTestId('phone-send').click();
    },
    /** What the plus of the app offers. */
    async deed(name) {
      await phone.getByRole('button', { name: 'Anexar' }).click();
      await page.getByRole('menuitem', { name, exact: true }).click();
    },
    /** What the app offers for one message. */
    async act(bubble, name) {
      await bubble.hover();
      await bubble.getByRole('button', { name: 'Ações da mensagem' }).click();
      await page.getByRole('menuitem', { name, exact: true }).click();
    },
    /** Taps a choice where the app draws it: under the message, or as a chip above the keyboard. */
    async tap(name, quick) {
      const where = quick ? phone.getByRole('group', { name: 'Respostas rápidas' }) : bubbles.last();
      await where.getByRole('button', { name, exact: true }).click();
    },
  };
}

/** The bot: buttons, then a list (WhatsApp's own; elsewhere the platform's rung for five choices), then a person. */
async function greet(customer, { quick, list, channel }) {
  const start = customer.phone.getByRole('button', { name: /^(COMEÇAR|Começar)$/ });
  if (channel === 'telegram' || channel === 'messenger') await start.click();
  else await customer.write('Oi, bom dia!');
  await customer.hear('Como posso ajudar?');
  await customer.tap('Comprar', quick);
  await customer.hear('O que você quer fazer?');
  if (list) {
    await customer.last().getByRole('button', { name: 'Abrir: Ver opções' }).click();
    const sheet = customer.phone.getByRole('dialog');
    await sheet.getByText('Falar com uma pessoa').click();
    await sheet.getByRole('button', { name: 'Enviar', exact: true }).click();
  } else await customer.tap('Falar com uma pessoa', quick);
  await customer.hear('Vou chamar uma pessoa');
}

/** The attendant's side of a conversation, taken from the queue. */
async function takeOver(page, { name }) {
  const inbox = page.frameLocator('iframe');
  await inbox.getByRole('button', { name: /^Fila/ }).click();
  await inbox.getByRole('link', { name: new RegExp(`^${name}`) }).first().click();
  await inbox.getByRole('heading', { level: 1, name }).waitFor();
  await inbox.getByRole('button', { name: /Assumir/ }).first().click();
  await inbox.getByText(/assumiu a conversa/).last().waitFor();
  const messages = inbox.getByTestId('message');
  const composer = inbox.getByTestId('composer');
  return {
    inbox,
    composer,
    said: (text) => messages.filter({ hasText: text }).last(),
    first: (text) => messages.filter({ hasText: text }).first(),
    last: () => messages.last(),
    async write(text) {
      await composer.fill(text);
      await inbox.getByTestId('send').click();
    },
    async tool(message, name) {
      await message.hover();
      await message.getByRole('button', { name, exact: true }).click();
    },
  };
}

/** Words, a picture that is seen and a voice note that is heard. */
async function fromTheCustomer(customer, attendant) {
  await customer.write('Este vaso chegou lascado.');
  await attendant.said('Este vaso chegou lascado.').waitFor();
  await customer.phone.locator('input[type=file]').first().setInputFiles({ name: 'vaso.png', mimeType: 'image/png', buffer: picture(320, 240) });
  await seen(attendant.last().locator('img').first(), "the customer's picture in the inbox");
  await customer.deed('Mensagem de voz');
  const note = attendant.last().getByRole('group', { name: 'Mensagem de voz' }).or(attendant.last().getByRole('group', { name: 'Áudio' }));
  await note.getByRole('button', { name: 'Tocar' }).click();
  const sound = note.locator('audio');
  await until(async () => (await sound.evaluate((each) => each.currentTime)) > 0 || (await sound.evaluate((each) => each.ended)), "the customer's voice note plays");
}

/** Words with their ticks, a picture with its progress and small picture, a recorded voice note. */
async function fromTheAttendant(page, customer, attendant, { ticks, caption }) {
  const { inbox } = attendant;
  await attendant.write('Que pena! Vou mandar outro.');
  await customer.hear('Que pena! Vou mandar outro.');
  await attendant.said('Que pena! Vou mandar outro.').getByRole('img', { name: new RegExp(`^${ticks}`) }).waitFor();

  // The upload is held until its progress was seen.
  const tray = inbox.getByRole('list', { name: 'Arquivos a enviar' });
  await page.route('**/api/v1/media', async (route) => {
    await tray.getByRole('progressbar').waitFor({ state: 'attached' }); // its bar is empty at first
    await route.continue();
  });
  await inbox.locator('form input[type=file]').first().setInputFiles({ name: 'vaso-novo.png', mimeType: 'image/png', buffer: picture(640, 480) });
  await seen(tray.locator('img'), 'the small picture in the composer');
  await tray.getByText('Pronto para enviar').waitFor();
  await page.unroute('**/api/v1/media');
  await attendant.write('É este aqui?');
  const shown = customer.phone.getByTestId('bubble').filter({ has: page.locator('img') }).last();
  await customer.hear('É este aqui?');
  if (caption) await shown.getByText('É este aqui?').waitFor();
  await seen(shown.locator('img').first(), "the attendant's picture on the phone");

  await inbox.getByTestId('record').click();
  await inbox.getByRole('timer').filter({ hasText: '0:01' }).waitFor();
  await inbox.getByTestId('send-voice').click();
  const heard = customer.last().getByLabel(/Mensagem de voz/);
  await heard.waitFor();
  await until(() => heard.evaluate((each) => (each.readyState > 0 ? each.duration > 0.5 : void each.load())), 'the recorded note can be played on the phone');
}

/** Quotes and reactions, of each side. */
async function bothWays(page, customer, attendant, { ticks }) {
  const { inbox } = attendant;
  await attendant.tool(attendant.first('Este vaso chegou lascado.'), 'Responder citando');
  await attendant.write('Sinto muito por este.');
  const answer = customer.said('Sinto muito por este.');
  await answer.locator('blockquote').filter({ hasText: 'Este vaso chegou lascado.' }).waitFor();

  await attendant.tool(attendant.first('Este vaso chegou lascado.'), 'Reagir');
  await inbox.getByRole('button', { name: 'Reagir com 👍' }).click();
  await customer.first('Este vaso chegou lascado.').getByText('👍').waitFor();

  await customer.act(answer, 'Reagir com ❤️');
  await attendant.said('Sinto muito por este.').getByRole('img', { name: /^Reações: ❤/ }).waitFor();

  await customer.act(answer, 'Responder');
  await customer.write('Obrigado, pode ser!');
  await attendant.said('Obrigado, pode ser!').getByRole('button', { name: /mensagem citada: Sinto muito por este/ }).waitFor();
  await attendant.first('Sinto muito por este.').getByRole('img', { name: new RegExp(`^${ticks}`) }).waitFor();
}

/** Phone and inbox beside each other, by day and by night. */
async function pictures(page, channel) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const frame of page.frames()) await settled(frame); // colours change slowly in the inbox, too
    await page.screenshot({ path: join(artifacts, `channels-${channel}-${scheme}.png`) });
  }
}

// Closing the window. Nobody waits a day here: platforms deliver webhooks late
// (Meta repeats them for days when they are not taken), and the window counts
// from when the customer wrote. So somebody who never wrote before does so now,
// with a message that is days old; the simulator counts its window from there, too.

/** A new customer whose only words are days old. Gives their name. */
async function writeLate(context, { channel, name, hours }) {
  const post = async (path, data) => {
    const answer = await context.request.post(house.base + path, { data, headers: { 'Sec-Fetch-Site': 'same-origin' } });
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const get = async (path) => (await context.request.get(house.base + path)).json();
  const made = await post('/sandbox/phone/api/phones', { name, phone: '', channels: [channel] });
  const [chat] = (await get(`/sandbox/phone/api/phones/${encodeURIComponent(made.id)}/chats`)).chats;
  const account = chat.business.id.split('.')[1];
  const act = { do: 'text', text: 'Vocês ainda têm a poltrona Maré?', at: Date.now() - hours * hour };
  if (channel === 'whatsapp') await post(`/meta/_sandbox/customers/${made.id}/actions`, { ...act, number: account });
  else await post(`/messenger/_sandbox/people/${made.id}/actions`, { ...act, account });
  return {
    /** What went over the wire for the newest bubble of the company. */
    async wire() {
      const { bubbles } = await get(`/sandbox/phone/api/chats/${encodeURIComponent(chat.id)}/messages`);
      const bubble = bubbles.findLast((each) => each.dir === 'theirs');
      return JSON.stringify(await get(`/sandbox/phone/api/wire/${encodeURIComponent(bubble.id)}`));
    },
  };
}

/** The demo with a late writer's conversation open on both sides. */
async function late(options, walk) {
  const { context, page, broken } = await openPage(house);
  try {
    await page.getByRole('combobox', { name: 'Entrar como' }).selectOption({ label: 'Atendente' });
    const { wire } = await writeLate(context, options);
    await page.getByRole('button', { name: options.name.split(' ')[0] }).first().click();
    const customer = chatOf(page, page.getByRole('region', { name: `Celular: ${options.name}` }));
    const attendant = await takeOver(page, options);
    await walk({ page, context, customer, attendant, wire });
    await page.screenshot({ path: join(artifacts, `channels-late-${options.channel}-${options.hours}h.png`) });
  } catch (failure) {
    await page.screenshot({ path: join(artifacts, `channels-late-${options.channel}-failed.png`) });
    throw failure;
  }
  assert.deepEqual(broken, []);
  await context.close();
}

test('WhatsApp, two days later: an approved template with its variables opens the conversation again', () =>
  late({ channel: 'whatsapp', name: 'Vera Lins', hours: 48 }, async ({ page, context, customer, attendant }) => {
    const { inbox } = attendant;
    await inbox.getByTestId('window-closed').waitFor();
    await until(async () => (await (await context.request.get(`${house.base}/api/v1/templates`)).json()).items?.length > 0, 'the templates were read');
    await inbox.getByRole('button', { name: 'Escolher um modelo' }).click();
    const picker = inbox.getByRole('dialog');
    await picker.getByRole('button', { name: /pedido_a_caminho/ }).click();
    await picker.getByLabel('Cabeçalho: 1').fill('40231');
    await picker.getByLabel('Variável 1').fill('Vera');
    await picker.getByLabel('Variável 2').fill('sexta-feira');
    await picker.getByLabel('Botão 1').fill('40231');
    await page.screenshot({ path: join(artifacts, 'channels-template-picker.png') });
    await picker.getByRole('button', { name: 'Enviar modelo' }).click();
    const shown = customer.said('Boas novas, Vera! Seu pedido saiu para entrega e chega até sexta-feira.');
    await shown.getByText('Pedido 40231').waitFor();
    await shown.getByText('Casa Aurora').waitFor();
    assert.equal(await shown.getByRole('link', { name: 'Acompanhar' }).getAttribute('href'), 'https://casa-aurora.example/pedidos/40231');
    await attendant.said('Boas novas, Vera!').getByRole('img', { name: /^Lida/ }).waitFor();
    // The customer's tap opens the window again.
    await shown.getByRole('button', { name: 'Falar com a loja' }).click();
    await attendant.said('Falar com a loja').waitFor();
    await attendant.write('Estou aqui, Vera!');
    await customer.hear('Estou aqui, Vera!');
  }));

for (const { channel, app, soon, never } of [
  { channel: 'messenger', app: 'Messenger', soon: 'Ivo Prates', never: 'Noemi Sá' },
  { channel: 'instagram', app: 'Instagram', soon: 'Otto Reis', never: 'Lia Duarte' },
]) {
  test(`${app}, two days later: what a person writes still goes out, with the tag HUMAN_AGENT`, () =>
    late({ channel, name: soon, hours: 48 }, async ({ customer, attendant, wire }) => {
      await attendant.inbox.getByTestId('window-late').waitFor();
      await attendant.write('Temos, sim! Quer que eu separe?');
      await customer.hear('Temos, sim! Quer que eu separe?');
      assert.match(await wire(), /HUMAN_AGENT/);
    }));

  test(`${app}, eight days later: nothing goes out, and the page says why`, () =>
    late({ channel, name: never, hours: 8 * 24 }, async ({ attendant }) => {
      await attendant.inbox.getByTestId('window-closed').waitFor();
      await attendant.inbox.getByText('O cliente precisa escrever primeiro.').first().waitFor();
      assert.equal(await attendant.inbox.getByRole('textbox', { name: 'Resposta ao cliente' }).count(), 0);
    }));
}

test('Telegram has no window: no page counts down, and templates are nobody’s matter', async () => {
  const { context, page } = await openPage(house, { path: '/' });
  await signIn(house, context, 'supervisor');
  const list = await (await context.request.get(`${house.base}/api/v1/conversations?view=all&channel=telegram&limit=50`)).json();
  assert.ok(list.items.length > 0, 'there are conversations on Telegram');
  assert.ok(list.items.every((each) => each.window_ends_ms === 0 && each.late_ends_ms === 0), 'none of them has a window');
  // One that went on: its composer lets a person write, however long ago the customer did.
  const going = list.items.find((each) => each.state !== 'resolved');
  await page.goto(`${house.base}/inbox/${going.id}?view=all`);
  await page.getByTestId('composer').waitFor();
  assert.equal(await page.getByTestId('window-closed').count() + (await page.getByTestId('window-late').count()), 0);
  await context.close();
});

/** Waits until something is so. */
async function until(so, what, ms = 15_000) {
  const deadline = Date.now() + ms;
  while (!(await so())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 100)); // between two looks
  }
}

/** Waits until a picture was really drawn. */
async function seen(image, what) {
  await image.waitFor();
  await image.scrollIntoViewIfNeeded();
  await until(() => image.evaluate((each) => each.complete && each.naturalWidth > 0), what);
}

/** A PNG: a vase's colours that run into one another. */
function picture(width, height) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set([200 - (60 * y) / height, 120 + (80 * x) / width, 90 + (100 * y) / height], y * (width * 3 + 1) + 1 + x * 3);
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum >>> 0;
}
