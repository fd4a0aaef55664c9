// grammY, as it is, against the simulated Bot API: a bot that polls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bot, GrammyError, InlineKeyboard, InputFile, InputMediaBuilder, Keyboard } from 'grammy';
import { inbox, sandbox } from './sandbox.mjs';
import { picture, telegram } from './telegram.mjs';

let world, there, bot, heard, running;
before(async () => {
  world = await sandbox();
  there = await telegram(world, 'grammy_bot');
  bot = new Bot(there.bot.token, { client: { apiRoot: there.apiRoot } });
  heard = inbox();
  bot.use((context) => heard.put(context));
  running = bot.start({ timeout: 10, allowed_updates: ['message', 'edited_message', 'callback_query', 'message_reaction', 'poll_answer', 'my_chat_member'] });
  await there.act({ do: 'start', text: 'verao' });
  const context = await heard.take('/start');
  assert.equal(context.message.text, '/start verao');
  assert.equal(context.message.entities[0].type, 'bot_command');
});
after(async () => {
  await bot?.stop();
  await running;
  await world?.stop();
});

test('it knows who it is', () => {
  assert.equal(bot.botInfo.id, there.bot.id);
  assert.equal(bot.botInfo.username, 'grammy_bot');
});

test('words, formatting and a quote', async () => {
  const told = await there.act({ do: 'text', text: 'Oi 💙' });
  const context = await heard.take('the text');
  assert.equal(context.message.text, 'Oi 💙');
  assert.equal(context.from.first_name, 'Rui');
  const sent = await context.reply('<b>Olá</b>, Rui', {
    parse_mode: 'HTML',
    reply_parameters: { message_id: context.message.message_id },
    link_preview_options: { is_disabled: true },
  });
  assert.deepEqual(sent.entities, [{ type: 'bold', offset: 0, length: 3 }]);
  const shown = (await there.shown()).at(-1);
  assert.equal(shown.text, 'Olá, Rui');
  assert.equal(shown.reply_to, told.message_id);
});

test('buttons, their answer, an edit and a deletion', async () => {
  const keyboard = new InlineKeyboard().text('Sim', 'yes').text('Não', 'no').row().url('Loja', 'https://loja.example/');
  const sent = await bot.api.sendMessage(there.person.id, 'Confirma?', { reply_markup: keyboard });
  await there.act({ do: 'press', message: sent.message_id, data: 'yes' });
  const context = await heard.take('the tap');
  assert.equal(context.callbackQuery.data, 'yes');
  assert.equal(await context.answerCallbackQuery({ text: 'Anotado' }), true);
  await context.editMessageText('Confirmado');
  await assert.rejects(context.editMessageText('Confirmado'), (error) => error instanceof GrammyError && error.description.includes('message is not modified'));
  assert.equal((await there.shown()).at(-1).text, 'Confirmado');
  await context.deleteMessage();
  assert.equal((await there.shown()).at(-1).deleted, true);
});

test('files by upload, by id and as an album; and a file that comes', async () => {
  const sent = await bot.api.sendPhoto(there.person.id, new InputFile(picture, 'a.png'), { caption: 'um ponto' });
  const again = await bot.api.sendPhoto(there.person.id, sent.photo.at(-1).file_id);
  assert.equal(again.photo.at(-1).file_id, sent.photo.at(-1).file_id);
  const album = await bot.api.sendMediaGroup(there.person.id, [
    InputMediaBuilder.photo(new InputFile(picture, 'a.png'), { caption: 'dois' }),
    InputMediaBuilder.photo(sent.photo.at(-1).file_id),
  ]);
  assert.equal(album.length, 2);
  assert.equal(album[0].media_group_id, album[1].media_group_id);
  for (const send of ['sendDocument', 'sendVideo', 'sendAudio', 'sendVoice', 'sendAnimation', 'sendVideoNote', 'sendSticker']) {
    await bot.api[send](there.person.id, new InputFile(Buffer.from('bytes'), 'file.bin'));
  }
  await there.act({ do: 'voice', bytes: Buffer.from('opus').toString('base64'), mime: 'audio/ogg', seconds: 3 });
  const context = await heard.take('the voice note');
  assert.equal(context.message.voice.duration, 3);
  const file = await context.getFile();
  const bytes = await fetch(`${there.apiRoot}/file/bot${there.bot.token}/${file.file_path}`).then((response) => response.text());
  assert.equal(bytes, 'opus');
});

test('places, contacts, polls, dice, reactions, keys', async () => {
  await bot.api.sendLocation(there.person.id, -8.05, -34.88, { live_period: 60 });
  await bot.api.sendVenue(there.person.id, -8.05, -34.88, 'Marco Zero', 'Recife');
  await bot.api.sendContact(there.person.id, '+5581988887777', 'Ana');
  await bot.api.sendChatAction(there.person.id, 'typing');
  const dice = await bot.api.sendDice(there.person.id, '🎲');
  assert.ok(dice.dice.value >= 1 && dice.dice.value <= 6);
  const poll = await bot.api.sendPoll(there.person.id, 'Qual cor?', ['Azul', 'Verde'], { is_anonymous: false });
  await there.act({ do: 'vote', message: poll.message_id, picks: [1] });
  assert.deepEqual((await heard.take('the vote')).pollAnswer.option_ids, [1]);
  assert.equal((await bot.api.stopPoll(there.person.id, poll.message_id)).is_closed, true);
  const asked = await bot.api.sendMessage(there.person.id, 'Seu número?', { reply_markup: new Keyboard().requestContact('Enviar').oneTime().resized() });
  assert.equal((await there.view()).keyboard.keyboard[0][0].request_contact, true);
  await there.act({ do: 'contact' });
  assert.equal((await heard.take('the contact')).message.contact.user_id, there.person.id);
  await there.act({ do: 'reaction', message: asked.message_id, emoji: '👍' });
  assert.deepEqual((await heard.take('the reaction')).messageReaction.new_reaction, [{ type: 'emoji', emoji: '👍' }]);
  const own = await there.act({ do: 'text', text: 'antes' });
  await heard.take('the text');
  await bot.api.setMessageReaction(there.person.id, own.message_id, [{ type: 'emoji', emoji: '🔥' }]);
  await there.act({ do: 'edit', message: own.message_id, text: 'depois' });
  assert.equal((await heard.take('the edit')).editedMessage.text, 'depois');
});

test('what Telegram refuses is refused, and a flood is told how long to wait', async () => {
  await assert.rejects(bot.api.sendMessage(there.person.id, 'x'.repeat(4097)), { error_code: 400, description: 'Bad Request: message is too long' });
  await assert.rejects(bot.api.sendMessage(1, 'x'), { error_code: 400, description: 'Bad Request: chat not found' });
  await assert.rejects(bot.api.sendMessage(there.person.id, '*x', { parse_mode: 'MarkdownV2' }), { error_code: 400 });
  await world.control('POST', '/telegram/_sandbox/faults', { on: 'call', kind: 'sendMessage', do: 'status', status: 429, retry_after: 7, count: 1 });
  await assert.rejects(bot.api.sendMessage(there.person.id, 'x'), (error) => error.error_code === 429 && error.parameters.retry_after === 7);
  // The limits of the platform itself: short bursts to one chat pass.
  await world.control('PUT', '/telegram/_sandbox/settings', { rate_limits: true });
  const burst = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => bot.api.sendMessage(there.person.id, `${n}`)));
  const held = burst.filter((one) => one.status === 'rejected');
  assert.ok(held.length > 0 && held.length < 20, `${held.length} of 20 were held`);
  assert.ok(held.every((one) => one.reason.error_code === 429 && one.reason.parameters.retry_after >= 1));
  await world.control('PUT', '/telegram/_sandbox/settings', { rate_limits: false });
  await there.act({ do: 'block' });
  assert.equal((await heard.take('the block')).myChatMember.new_chat_member.status, 'kicked');
  await assert.rejects(bot.api.sendMessage(there.person.id, 'x'), { error_code: 403, description: 'Forbidden: bot was blocked by the user' });
  await there.act({ do: 'unblock' });
  await heard.take('the way back');
});
