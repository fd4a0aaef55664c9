// A person on the simulated Telegram, and the bot that they talk to.

/** A picture of one point. */
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Makes a bot and a person, and gives what the person can do. */
export async function telegram(world, username) {
  const bot = await world.control('POST', '/telegram/_sandbox/bots', { username, name: 'Loja Aurora' });
  const person = await world.control('POST', '/telegram/_sandbox/users', {
    first_name: 'Rui', last_name: 'Nery', username: `rui_${username}`, phone: `55819${bot.id % 100_000_000}`,
  });
  const chat = `/telegram/_sandbox/chats/${bot.id}/${person.id}`;
  return {
    bot,
    person,
    apiRoot: `${world.base}/telegram`,
    act: async (action) => (await world.control('POST', `/telegram/_sandbox/users/${person.id}/actions`, { bot: bot.id, ...action })).message,
    /** What the person's telephone shows of the bot's words, oldest first. */
    shown: async () => (await world.control('GET', chat)).messages.filter((message) => message.dir === 'out'),
    view: async () => (await world.control('GET', chat)).chat,
    webhook: async () => (await world.control('GET', '/telegram/_sandbox/bots')).bots.find((one) => one.id === bot.id).webhook_url,
  };
}
