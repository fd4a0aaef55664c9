// A company's admin who can't program, in a browser: builds the reception bot
// from nothing, is held by a proof and mends it, publishes it, talks to it on
// a customer's phone, publishes a second version beside the first, and goes back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { artifacts, openHouse, openPage, signIn } from './house.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const first = 'Oi! Aqui é o bot novo.';
const second = 'Olá! Aqui é o bot, segunda versão.';
const hours = 'Abrimos das 9h às 18h.';

let house;
before(async () => {
  house = await openHouse();
});
after(async () => {
  await house?.close();
});

/** The exit of a step on the canvas, once the canvas stands still. */
async function exitAt(page, node, index) {
  const handle = page.locator(`.react-flow__node[data-id="${node}"] .react-flow__handle.source`).nth(index);
  await handle.waitFor();
  let before = '';
  for (;;) {
    const box = await handle.boundingBox();
    const now = JSON.stringify(box);
    if (now === before) return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    before = now;
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
}

const form = (page, name) => page.getByRole('complementary', { name, exact: true });
const dialog = (page) => page.getByRole('dialog');

/** Chooses in a list by what is typed, with the keyboard alone. */
async function pick(page, box, text) {
  await box.focus();
  await box.pressSequentially(text);
  await page.getByRole('option', { name: new RegExp(`^${text}`) }).first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

async function publish(page, note) {
  await page.getByRole('button', { name: 'Publicar', exact: true }).click();
  await dialog(page).getByRole('textbox', { name: 'O que mudou' }).fill(note);
  await dialog(page).getByRole('button', { name: 'Publicar agora' }).click();
}

/** A phone in a tab of its own, open at the shop's WhatsApp. */
async function phoneOf(context, customer) {
  const page = await context.newPage();
  await page.goto(`${house.base}/demo`);
  await page.getByRole('button', { name: customer }).click();
  const phone = page.getByRole('region', { name: /^Celular/ });
  const box = phone.getByRole('textbox', { name: 'Mensagem' });
  return {
    phone,
    async write(text) {
      await box.fill(text);
      await phone.getByRole('button', { name: 'Enviar', exact: true }).click();
    },
    close: () => page.close(),
  };
}

test('from an empty bot to a second version and back', async () => {
  const { context, page, broken } = await openPage(house, { path: '/' });
  await signIn(house, context, 'admin');

  // From nothing.
  await page.goto(`${house.base}/bots`);
  await page.getByRole('button', { name: 'Novo bot' }).click();
  await dialog(page).getByRole('textbox', { name: 'Nome' }).fill('Balcão');
  await dialog(page).getByRole('button', { name: 'Criar' }).click();
  await page.getByRole('button', { name: 'Começar com um menu' }).click();
  await form(page, 'menu').getByRole('textbox', { name: 'Texto', exact: true }).fill(first);
  await form(page, 'menu').getByRole('textbox', { name: 'Título da opção' }).nth(0).fill('Ver horários');
  await form(page, 'menu').getByRole('textbox', { name: 'Título da opção' }).nth(1).fill('Chamar uma pessoa');

  // With the mouse: pull a way out of the menu and say what comes next.
  const exit = await exitAt(page, 'menu', 0);
  await page.mouse.move(exit.x, exit.y);
  await page.mouse.down();
  await page.mouse.move(exit.x + 60, exit.y - 60, { steps: 5 });
  await page.mouse.move(exit.x + 160, exit.y - 120, { steps: 5 });
  await page.mouse.up();
  await page.getByRole('combobox', { name: 'Adicionar passo' }).fill('Mensagem');
  await page.keyboard.press('Enter');
  await form(page, 'mensagem').getByRole('textbox', { name: 'Texto', exact: true }).fill(hours);
  await pick(page, form(page, 'mensagem').getByRole('combobox', { name: 'Depois' }), 'menu');

  // A proof holds it back, leads to the step, and lets it pass once it is mended.
  await page.getByRole('button', { name: '1 pendência', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Publicar', exact: true }).click();
  await dialog(page).getByText('1 problema a resolver antes de publicar').waitFor();
  assert.equal(await dialog(page).getByRole('button', { name: 'Publicar agora' }).isDisabled(), true);
  await page.screenshot({ path: join(artifacts, 'builder-unproved.png') });
  await dialog(page).getByRole('button', { name: /^menu / }).click();
  await form(page, 'menu').getByRole('alert').waitFor();
  await dialog(page).waitFor({ state: 'detached' });

  // With the keyboard: connect the exit that leads nowhere to a person.
  await page.keyboard.press('c');
  await dialog(page).getByRole('combobox').fill('Chamar');
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('option', { name: /^Passar a atendente/ }).waitFor();
  await dialog(page).getByRole('combobox').fill('Passar a atendente');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sem pendências' }).waitFor();

  // Talked through on two simulated phones, and kept as a test.
  await page.getByRole('button', { name: 'Testar', exact: true }).click();
  const whatsapp = page.getByRole('region', { name: 'Celular no WhatsApp' });
  const telegram = page.getByRole('region', { name: 'Celular no Telegram' });
  await whatsapp.getByRole('textbox').fill('oi');
  await whatsapp.getByRole('textbox').press('Enter');
  await telegram.getByRole('button', { name: 'Ver horários' }).click();
  await whatsapp.getByText(hours).waitFor();
  await page.getByRole('button', { name: 'Guardar como teste' }).click();
  await dialog(page).getByRole('textbox', { name: 'Nome do teste' }).fill('Pede os horários');
  await page.keyboard.press('Enter');
  await dialog(page).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Testes' }).click();
  await page.getByRole('button', { name: 'Rodar 1 teste' }).click();
  await page.getByText('1 teste passou').waitFor();

  await publish(page, 'Primeira versão');
  await page.getByText('A versão 1 está no ar').waitFor();
  await dialog(page).getByRole('button', { name: 'Concluir' }).click();

  // On the shop's WhatsApp instead of the bot that came with the demo.
  await page.getByRole('link', { name: 'Voltar aos bots' }).click();
  const card = page.getByRole('article', { name: 'Balcão' });
  await card.getByRole('button', { name: 'Escolher canais' }).click();
  const onWhatsapp = dialog(page).getByRole('switch', { name: 'Atender em WhatsApp da loja' });
  await onWhatsapp.press('Space');
  await page.waitForFunction(() => document.querySelector('[role=dialog] input[role=switch]:checked:not(:disabled)') !== null);
  await dialog(page).getByRole('button', { name: 'Concluir' }).click();
  await card.getByText('WhatsApp da loja').waitFor();

  const camila = await phoneOf(context, 'Camila');
  await camila.write('Oi!');
  await camila.phone.getByText(first).waitFor();
  await camila.phone.getByRole('button', { name: 'Ver horários' }).click();
  await camila.phone.getByText(hours).waitFor();

  // A second version beside the first: those who talk end where they began.
  await card.getByRole('link', { name: 'Abrir' }).click();
  await page.locator('.react-flow__node[data-id="menu"]').click();
  await form(page, 'menu').getByRole('textbox', { name: 'Texto', exact: true }).fill(second);
  await page.getByRole('button', { name: 'Sem pendências' }).waitFor();
  await page.getByRole('button', { name: 'Publicar', exact: true }).click();
  await dialog(page).getByText('1 teste falhou').waitFor(); // it still asks for the old words
  await dialog(page).getByRole('button', { name: /Pede os horários/ }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Ações do teste Pede os horários' }).click();
  await page.getByRole('menuitem', { name: 'Apagar' }).click();
  await page.getByRole('button', { name: 'Publicar', exact: true }).click();
  await dialog(page).getByText('1 na versão 1').waitFor();
  assert.equal(await dialog(page).getByRole('radio', { name: 'Deixar terminar' }).isChecked(), true);
  await page.screenshot({ path: join(artifacts, 'builder-drain.png') });
  await dialog(page).getByRole('textbox', { name: 'O que mudou' }).fill('Outra saudação');
  await dialog(page).getByRole('button', { name: 'Publicar agora' }).click();
  await page.getByText('A versão 2 está no ar').waitFor();
  await dialog(page).getByRole('button', { name: 'Concluir' }).click();

  await camila.phone.getByRole('button', { name: 'Ver horários' }).last().click();
  await camila.phone.getByText(first).nth(2).waitFor(); // she stays with the first
  assert.equal(await camila.phone.getByText(second).count(), 0);
  const rafael = await phoneOf(context, 'Rafael');
  await rafael.write('Oi, bom dia!');
  await rafael.phone.getByText(second).waitFor();

  // And back.
  await page.getByRole('tab', { name: 'Versões' }).click();
  await page.getByRole('button', { name: 'Voltar a esta: Versão 1' }).click();
  await dialog(page).getByRole('textbox', { name: 'Motivo' }).fill('A saudação antiga era melhor');
  await dialog(page).getByRole('button', { name: 'Voltar agora' }).click();
  await page.getByText('A versão 3 está no ar, igual à 1.').waitFor();
  await page.getByText('A saudação antiga era melhor').waitFor();
  const thiago = await phoneOf(context, 'Thiago');
  await thiago.write('Opa');
  await thiago.phone.getByText(first).waitFor();
  assert.equal(await thiago.phone.getByText(second).count(), 0);
  for (const each of [camila, rafael, thiago]) await each.close();

  // The numbers of the second version know the one who came.
  await page.getByRole('tab', { name: 'Números' }).click();
  await page.getByRole('button', { name: 'Todas as conversas' }).click();
  await page.getByText('Thiago Lobo').waitFor();
  await page.getByRole('button', { name: 'Rever passo a passo: Thiago Lobo' }).click();
  await page.getByRole('log', { name: 'A conversa até este passo' }).getByText(first).waitFor();
  assert.deepEqual(broken, []);
  await context.close();
});

for (const scheme of ['light', 'dark']) {
  for (const [size, width, height] of [['desktop', 1440, 900], ['tablet', 1024, 768], ['narrow', 820, 1180], ['phone', 390, 844]]) {
    test(`the builder on a ${size}, ${scheme}: drawn and accessible`, async () => {
      const { context, page, broken } = await openPage(house, { scheme, width, height, path: '/' });
      await signIn(house, context, 'admin');
      const shot = (name) => page.screenshot({ path: join(artifacts, `builder-${name}-${size}-${scheme}.png`) });
      const clean = async (name) => {
        await page.evaluate(axe);
        const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        assert.deepEqual(found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`), [], name);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
        assert.equal(sideways, false, `${name} does not scroll sideways`);
      };
      await page.goto(`${house.base}/bots`);
      await page.getByRole('article', { name: 'Recepção' }).waitFor();
      await shot('list');
      await clean('list');
      await page.getByRole('article', { name: 'Recepção' }).getByRole('link', { name: 'Abrir' }).click();
      await page.locator('.react-flow__node').first().waitFor();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await shot('editor');
      await clean('editor');
      if (size === 'phone') {
        await context.close(); // there a flow is looked at, and built on a wider screen
        return assert.deepEqual(broken, []);
      }
      await page.getByRole('button', { name: 'Testar', exact: true }).click();
      const phone = page.getByRole('region', { name: 'Celular no WhatsApp' });
      await phone.getByRole('textbox').fill('oi');
      await phone.getByRole('textbox').press('Enter');
      await phone.getByText('Como posso ajudar?').waitFor();
      await shot('simulate');
      await clean('simulate');
      for (const [tab, name, sign] of [['Testes', 'tests', 'Clientes inventados'], ['Versões', 'versions', 'Todas as versões'], ['Números', 'counts', 'Todos os passos']]) {
        await page.getByRole('tab', { name: tab }).click();
        await (name === 'versions' ? page.getByRole('list', { name: sign }) : page.getByRole('heading', { name: sign })).waitFor();
        await shot(name);
        await clean(name);
      }
      assert.deepEqual(broken, []);
      await context.close();
    });
  }
}
