import type { Bubble, Chat, Phone, Product, Step } from "@/features/phone/api";

const now = Date.now();

export const phones: Phone[] = [
  { id: "ph_ana", name: "Ana Souza", phone: "5511987654321", read_receipts: true, accounts: [] },
  { id: "ph_rafa", name: "Rafael Lima", phone: "5511912345678", read_receipts: true, accounts: [] },
  { id: "ph_cida", name: "Dona Cida", phone: "5521998877665", read_receipts: false, accounts: [] },
];

function bubble(chat: string, i: number, fields: Partial<Bubble>): Bubble {
  return { id: `${chat}_b${i}`, chat, dir: "theirs", kind: "text", at: now - (30 - i) * 60_000, ...fields };
}

const pix = "00020101021226580014br.gov.bcb.pix2536pix-qr.mercadopago.com/instore/o/v2/5204000053039865802BR5912Casa Aurora6008Campinas62070503***63041D3D";

export const goods: Product[] = [
  { id: "var_pao_0", name: "Pão de queijo", description: "Pacote com 12, assados na hora", price_text: "R$ 19,90", list_price: "R$ 24,90", amount: 1990, currency: "BRL", section: "Pães", image: "/api/v1/media/pao" },
  { id: "var_cafe_0", name: "Café em grãos", description: "250 g", price_text: "R$ 42,90", amount: 4290, currency: "BRL", section: "Cafés" },
  { id: "var_torta_0", name: "Torta", price_text: "R$ 50,00", amount: 5000, currency: "BRL", section: "Cafés", sold_out: true },
];

export function bubbles(chat: string): Bubble[] {
  const telegram = chat.endsWith("telegram");
  const make = (i: number, fields: Partial<Bubble>) => bubble(chat, i, fields);
  return [
    make(1, { dir: "mine", text: "Oi! Tudo bem?", tick: "read" }),
    telegram
      ? make(2, { kind: "buttons", text: "Olá! Como posso ajudar?", tick: "delivered", entities: [{ type: "bold", offset: 0, length: 4 }], rows: [[{ id: "1", text: "Ver cardápio", kind: "reply" }, { id: "2", text: "Fazer pedido", kind: "reply" }], [{ id: "3", text: "Falar com alguém", kind: "reply", chosen: true }]] })
      : make(2, { kind: "buttons", text: "Olá! Eu sou a *Aurora*. Como posso ajudar?", footer: "Responda tocando", tick: "read", rows: [[{ id: "1", text: "Ver cardápio", kind: "reply" }], [{ id: "2", text: "Fazer pedido", kind: "reply" }], [{ id: "3", text: "Falar com alguém", kind: "reply", chosen: true }]] }),
    make(3, telegram ? { dir: "mine", kind: "callback", text: "Falar com alguém" } : { dir: "mine", kind: "button_reply", text: "Falar com alguém", tick: "read", reply_to: { id: "x", dir: "theirs", text: "Olá! Eu sou a Aurora." } }),
    make(4, { kind: "list", text: "Escolha um horário de entrega:", tick: "read", list: { button: "Ver horários", sections: [{ title: "Manhã", rows: [{ id: "h9", text: "9h às 10h", description: "Entrega grátis", kind: "reply" }, { id: "h10", text: "10h às 11h", kind: "reply" }] }] } }),
    make(5, { dir: "mine", kind: "location", tick: "delivered", location: { latitude: -23.56, longitude: -46.65, name: "Avenida Paulista, 1578", address: "Bela Vista" } }),
    make(6, { dir: "mine", kind: "voice", tick: "delivered", media: { url: "/sandbox/phone/api/media/v1", mime: "audio/ogg", voice: true, seconds: 3 } }),
    make(7, { text: "Vou chamar uma pessoa. Só um instante!", tick: "read", reactions: [{ dir: "mine", emoji: "👍" }] }),
    ...(telegram
      ? [make(9, { kind: "image", text: "Café em grãos 250 g\nR$ 42,90", tick: "delivered", media: { url: "/api/v1/media/m1", mime: "image/svg+xml" }, rows: [[{ id: "s.0", text: "Quero este", kind: "reply" as const }], [{ id: "u", text: "Ver na loja", kind: "url" as const, value: "https://loja.example/s/p/x" }]] }), make(10, { text: `Pedido #101: R$ 86,70\n\n${pix}`, tick: "delivered", rows: [[{ id: "c", text: "Copiar código Pix", kind: "copy" as const, value: pix }]] })]
      : [
          make(9, { kind: "products", text: "Separei estes para você:", footer: "Preços de hoje", tick: "read", header: { text: "Padaria Aurora" }, catalog_id: "c1", products: goods }),
          make(10, { kind: "product", text: "O mais pedido:", tick: "read", catalog_id: "c1", products: goods.slice(0, 1) }),
          make(11, { dir: "mine", kind: "order", tick: "read", catalog_id: "c1", products: goods.slice(0, 2).map((each, k) => ({ ...each, quantity: 2 - k, price: (each.amount ?? 0) / 100 })) }),
          make(12, { kind: "order_details", text: "Pague por Pix em até 1 hora.", tick: "read", payment: { reference: "101-1", total: 8670, currency: "BRL", status: "pending", pix_code: pix, link: "https://pay.example/x", lines: [{ name: "Pão de queijo", quantity: 2, price: 1990 }, { name: "Café em grãos", quantity: 1, price: 4290 }], subtotal: 8270, shipping: 900, discount: 500 } }),
          make(13, { dir: "mine", text: "Tem sem sal?", tick: "read", catalog_id: "c1", about: goods[0] as Product }),
          make(14, { kind: "order_status", text: "Seu pedido saiu para entrega.", tick: "read", payment: { reference: "100-1", total: 0, currency: "BRL", status: "shipped", description: "Chega em 40 minutos" } }),
        ]),
    make(15, { dir: "mine", kind: "sticker", text: "😀", tick: "sent" }),
  ];
}

/** A chat on Messenger and one on Instagram, with each kind that is theirs alone. */
export function pageBubbles(chat: string): Bubble[] {
  const make = (i: number, fields: Partial<Bubble>) => bubble(chat, i, fields);
  return [
    make(1, { dir: "mine", kind: "button_reply", text: "Começar", tick: "read" }),
    make(2, { kind: "buttons", text: "Como posso ajudar?", tick: "read", rows: [[{ id: "buy", text: "Comprar", kind: "reply" }], [{ id: "u", text: "Ver a loja", kind: "url", value: "https://loja.example" }], [{ id: "p", text: "Ligar", kind: "phone", value: "+551140032026" }]] }),
    make(3, { kind: "carousel", tick: "read", cards: [{ title: "Caneca", text: "R$ 30", header: { media: { url: "/api/v1/media/caneca", mime: "image/*" } }, rows: [[{ id: "c1", text: "Quero", kind: "reply" }]] }, { title: "Vaso", text: "R$ 90", rows: [[{ id: "c2", text: "Quero o vaso", kind: "reply" }]] }] }),
    make(4, { dir: "mine", kind: "image", tick: "read", media: { url: "/api/v1/media/a", mime: "image/png", name: "a.png" }, images: [{ url: "/api/v1/media/a", mime: "image/png", name: "a.png" }, { url: "/api/v1/media/b", mime: "image/png", name: "b.png" }] }),
    make(5, { dir: "mine", kind: "story_reply", text: "Quanto custa?", tick: "read", story: { id: "s1", media: { url: "/api/v1/media/story", mime: "image/png" } } }),
    make(6, { dir: "mine", kind: "story_mention", tick: "read", story: { id: "s2" } }),
    make(7, { dir: "mine", kind: "share", tick: "read", share: { kind: "reel", title: "Bastidores", url: "https://www.instagram.com/reel/1" } }),
    make(8, { kind: "poll", tick: "sent", poll: { question: "Gostou?", answers: [{ text: "Sim", votes: 1, chosen: true }, { text: "Não" }] } }),
    make(9, { dir: "mine", kind: "form_reply", tick: "read", text: "Sent", form: { fields: [{ name: "nome", value: "Ana" }] } }),
    make(10, { dir: "mine", kind: "call", text: "missed", tick: "delivered" }),
    make(11, { kind: "flow", text: "Agende uma visita", tick: "read", rows: [[{ id: "flow", text: "Agendar", kind: "flow" }]] }),
    make(12, { kind: "text", text: "Mais alguma coisa?", tick: "sent", quick: [{ id: "yes", text: "Sim, quero", kind: "reply" }, { id: "user_phone_number", text: "Enviar meu telefone", kind: "contact" }] }),
  ];
}

export function chats(phone: Phone): Chat[] {
  return (["whatsapp", "telegram"] as const).map((channel) => {
    const id = `ch_${phone.id}_${channel}`;
    return {
      id,
      phone: phone.id,
      channel,
      business: { id: `biz_${channel}`, channel, name: "Padaria Aurora", address: "+55 11 4000-1000", ready: true },
      last: bubbles(id).at(-2),
      unread: channel === "telegram" ? 2 : 0,
      typing: false,
      blocked: false,
      started: phone.id !== "ph_cida",
      ...(channel === "whatsapp" ? { catalog_id: "c1", cart: true, window_until: now + 7_200_000 } : { keyboard: { rows: [[{ id: "k", text: "Falar com atendente", kind: "reply" as const }]] } }),
    } as Chat;
  });
}

export const steps: Step[] = [
  { title: "webhook", direction: "to_business", at: now, method: "POST", url: "http://127.0.0.1:8080/webhooks/whatsapp/h4k2m9", request_headers: { "Content-Type": "application/json", "X-Hub-Signature-256": "sha256=4f1c…" }, request_body: JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "2233", changes: [{ field: "messages", value: { messages: [{ from: "5511987654321", type: "text", text: { body: "Oi! Tudo bem?" } }] } }] }] }), status: 200, response_headers: {}, response_body: "", attempt: 1, ms: 6 },
  { title: "call", direction: "from_business", at: now, method: "POST", url: "http://127.0.0.1:8080/sandbox/meta/v23.0/109876543210/messages", request_headers: { Authorization: "Bearer EAAG…" }, request_body: JSON.stringify({ messaging_product: "whatsapp", status: "read", message_id: "wamid.x" }), status: 200, response_headers: { "Content-Type": "application/json" }, response_body: JSON.stringify({ success: true }), attempt: 1, ms: 3 },
];
