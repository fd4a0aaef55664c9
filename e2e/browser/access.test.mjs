// Every page, light and dark, on a desk and on a phone: nothing that axe finds
// serious, nothing that scrolls sideways, no error of a script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { artifacts, openHouse, openPage, signIn } from './house.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let house;
before(async () => {
  house = await openHouse();
});
after(async () => {
  await house?.close();
});

const views = [
  { name: 'signin', path: '/', role: null, ready: (page) => page.getByRole('button', { name: 'Entrar como atendente' }) },
  { name: 'inbox', path: '/inbox', role: 'supervisor', ready: (page) => page.getByRole('listitem').first() },
  { name: 'channels', path: '/channels', role: 'admin', ready: (page) => page.getByText('WhatsApp da loja').first() },
  { name: 'channel', path: async (get) => `/channels/${(await get('/channels')).items[0].id}`, role: 'admin', ready: (page) => page.getByRole('heading', { level: 1 }) },
  { name: 'contacts', path: '/contacts', role: 'admin', ready: (page) => page.getByText('Larissa Cardoso').first() },
  { name: 'contact', path: async (get) => `/contacts/${(await get('/contacts?q=Larissa+Cardoso')).items[0].id}`, role: 'admin', ready: (page) => page.getByRole('heading', { level: 1 }) },
  { name: 'templates', path: '/templates', role: 'admin', ready: (page) => page.getByRole('heading', { level: 1 }) },
  { name: 'products', path: '/products', role: 'admin', ready: (page) => page.getByRole('row').nth(1).or(page.getByRole('listitem').filter({ hasText: 'R$' }).first()).first() },
  { name: 'listing', path: '/listing', role: 'admin', ready: (page) => page.getByText('Vaso de cerâmica').first() },
  { name: 'orders', path: '/orders', role: 'admin', ready: (page) => page.getByRole('heading', { level: 1 }) },
  { name: 'listing', path: '/listing', role: 'admin', ready: (page) => page.getByRole('heading', { level: 1 }) },
  { name: 'team', path: '/team', role: 'admin', ready: (page) => page.getByText('Bianca Rocha').first() },
  { name: 'audit', path: '/audit', role: 'admin', ready: (page) => page.getByRole('heading', { level: 1 }) },
  { name: 'preferences', path: '/preferences', role: 'attendant', ready: (page) => page.getByRole('heading', { level: 1 }) },
  { name: 'demo', path: '/demo', role: 'attendant', ready: (page) => page.getByRole('region', { name: /^Celular/ }) },
];

for (const scheme of ['light', 'dark']) {
  for (const [width, height] of [[1440, 900], [390, 844], [360, 740]]) {
    test(`${scheme}, ${width} px wide`, async (t) => {
      // A person signs in once and goes from page to page, as people do: what was fetched for one page is there for the next.
      const people = new Map();
      const personOf = async (role) => {
        if (!people.has(role)) {
          const { context, page, broken } = await openPage(house, { scheme, width, height, path: '/' });
          if (role) await signIn(house, context, role);
          people.set(role, { context, page, broken });
        }
        return people.get(role);
      };
      t.after(() => Promise.all([...people.values()].map(({ context }) => context.close())));
      // The administrator has the most in the rail: the narrowest phone is tried with it.
      for (const view of width < 390 ? views.filter((view) => view.role === 'admin') : views) {
        await t.test(view.name, async () => {
          const { context, page, broken } = await personOf(view.role);
          const get = async (path) => (await context.request.get(`${house.base}/api/v1${path}`)).json();
          await page.goto(house.base + (typeof view.path === 'string' ? view.path : await view.path(get)));
          await view.ready(page).waitFor();
          await page.screenshot({ path: join(artifacts, `${view.name}-${width < 390 ? 'narrow' : width < 600 ? 'phone' : 'desktop'}-${scheme}.png`) });
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
          const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
          assert.deepEqual(serious, []);
          const sideways = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
          assert.equal(sideways, false, 'the page does not scroll sideways');
          assert.deepEqual(broken.splice(0), []);
        });
      }
    });
  }
}
