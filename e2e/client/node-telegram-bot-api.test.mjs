// node-telegram-bot-api, as it is, against the simulated Bot API: a bot that
// polls, and waits by itself when it is told to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bot, InlineKeyboardBuilder, InputFile, TelegramApiError } from 'node-telegram-bot-api';
import { inbox, sandbox } from './sandbox.mjs';
import { picture, telegram } from './telegram.mjs';

let world, there, bot, heard, running;
before(async () => {
  world = await sandbox();
  there = await telegram(world, 'nodeapi_bot');
  bot = new Bot(there.bot.token, { apiRoot: there.apiRoot });
  heard = inbox();
  bot.on(['message', 'callback_query'], (context) => heard.put(context));
  running = bot.startPolling(undefined, { timeout: 5 });
  await there.act({ do: 'start' });
  assert.equal((await heard.take('/start')).message.text, '/start');
});
after(async () => {
  bot?.stop();
  await running;
  await world?.stop();
});

test('a conversation by polling', async () => {
  await there.act({ do: 'text', text: 'Oi' });
  const context = await heard.take('the text');
  const sent = await context.reply('Como ajudo?', { reply_markup: new InlineKeyboardBuilder().text('Preço', 'price').build() });
  await there.act({ do: 'press', message: sent.message_id, data: 'price' });
  const tap = await heard.take('the tap');
  assert.equal(tap.callbackQuery.data, 'price');
  await tap.answerCallbackQuery({ text: 'Já digo' });
  await bot.api.sendPhoto({ chat_id: there.person.id, photo: new InputFile(picture, { filename: 'a.png' }), caption: 'um ponto' });
  assert.deepEqual((await there.shown()).map((one) => one.text), ['Como ajudo?', 'um ponto']);
});

test('it waits as long as it is told, and then is heard', async () => {
  const fault = { on: 'call', kind: 'sendMessage', do: 'status', status: 429, retry_after: 1, count: 1 };
  await world.control('POST', '/telegram/_sandbox/faults', fault);
  const started = Date.now();
  await bot.api.sendMessage({ chat_id: there.person.id, text: 'depois' });
  assert.ok(Date.now() - started >= 900);
  assert.equal((await there.shown()).at(-1).text, 'depois');
});

test('refusals carry the words of the Bot API', async () => {
  await assert.rejects(bot.api.sendMessage({ chat_id: 1, text: 'x' }), (error) => error instanceof TelegramApiError && error.description === 'Bad Request: chat not found');
});
