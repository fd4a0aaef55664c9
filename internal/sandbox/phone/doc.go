// Package phone simulates the customers' telephones: a person with a name and
// a number who writes to a business on WhatsApp, Telegram, Messenger and
// Instagram through the simulators beside it. It owns no state: people, chats
// and messages live in sandbox/meta, sandbox/telegram and sandbox/messenger, and
// this package turns all into one JSON shape that a page can draw as a messaging
// app.
//
// The handler serves routes relative to its mount point
// (/sandbox/phone/api/). Every answer is JSON in UTF-8; times are milliseconds
// since the Unix epoch; identifiers are opaque (encode them with
// encodeURIComponent before placing them in a path). An error answers with a
// status of 4xx or 5xx and {"error":{"code":"invalid","message":"...","field":"text"}},
// code being one of base/fault.
//
// # Reading
//
//	GET  phones                         {"phones":[Phone]}
//	GET  businesses                     {"businesses":[Business]}
//	GET  phones/{phone}/chats           {"chats":[Chat]} one a (channel account of the phone, business), newest first
//	GET  chats/{chat}                   Chat
//	GET  chats/{chat}/messages?limit=50&before={bubble}
//	                                    {"bubbles":[Bubble],"more":true} oldest first; before = page back
//	GET  chats/{chat}/catalog?after={id}&limit=30
//	                                    Storefront: what customers of the number see of its catalog; 404: none
//	GET  media/{media}                  the bytes, with their Content-Type
//	GET  wire/{bubble}                  Wire: the protocol behind a bubble
//	GET  events?phone={phone}           server-sent events, below; without phone: of every phone
//
// # Writing
//
//	POST phones                         {"name":"Ana","phone":"+55 11 98765-4321","channels":["whatsapp","telegram","messenger","instagram"],
//	                                     "username":"ana.souza","hide_phone":false} -> 201 Phone
//	                                    name is required; phone "" makes up a number; channels default to all;
//	                                    hide_phone: WhatsApp shows the business only the user id
//	PATCH phones/{phone}                {"name":..,"read_receipts":true} -> Phone
//	POST chats/{chat}/messages          Send -> 201 {"bubble":Bubble}
//	POST chats/{chat}/media             multipart/form-data: file, kind (image|video|audio|voice|document|sticker|
//	                                    video_note|animation),
//	                                    caption?, reply_to? -> 201 {"bubble":Bubble}
//	POST chats/{chat}/read              marks what the business wrote as read (blue ticks for it) -> {"read":3}
//	POST pay                            {"code":"000201.."} -> Paid: a Pix code or boleto line, as in the bank's app
//	POST chats/{chat}/block             {"blocked":true} -> Chat
//
// Send is one of, by kind:
//
//	{"kind":"text","text":"oi","reply_to":"<bubble>"?,
//	 "product":{"catalog_id":"c1","product_retailer_id":"sku"}?}   WhatsApp only: a question about a product
//	{"kind":"tap","bubble":"<bubble>","choice":"<Choice.id>"}      a button or a row of a list of that bubble
//	{"kind":"key","text":"Falar com atendente"}                    a key of Chat.keyboard of kind reply; a key of kind contact
//	                                                               or location is answered by Send contact or location
//	{"kind":"location","latitude":-23.5,"longitude":-46.6,"name":"Loja"?,"address":"..."?,
//	 "seconds":900?}                                               seconds: Telegram only, the position moves for so long
//	{"kind":"contact","name":"Ana","phone":"+5511..."}             both empty: the phone's own contact
//	{"kind":"reaction","bubble":"<bubble>","emoji":"👍"}            emoji "" takes it away
//	{"kind":"sticker","emoji":"😀"}                                a built-in sticker
//	{"kind":"voice","seconds":3}                                   a built-in voice note
//	{"kind":"edit","bubble":"<own bubble>","text":"..."}
//	{"kind":"revoke","bubble":"<own bubble>"}                      WhatsApp, Instagram: delete for everyone
//	{"kind":"order","catalog_id":"c1","text":"..."?,"items":[{"id":"sku","quantity":2}]}   WhatsApp only; prices are the catalog's unless given
//	{"kind":"start","payload":"promo"?}                            Telegram: the START button; Messenger: Get Started
//	{"kind":"form","bubble":"<flow bubble>","values":{"nome":"Ana"}}   WhatsApp only: the form of that bubble, filled
//	{"kind":"call","state":"missed"|"ringing"|"ended","seconds":30?}   WhatsApp only
//	{"kind":"preference","state":"stop"|"resume"}                  WhatsApp only: marketing messages
//	{"kind":"change_number","phone":"+5511..."}                    WhatsApp only: the person has another number now
//	{"kind":"poll","text":"Qual?","answers":["a","b"],"several":true?}   Telegram; on WhatsApp the business sees "unsupported"
//	{"kind":"vote","bubble":"<poll bubble>","picks":[0]}           Telegram only: numbers of the answers; none takes it back
//	{"kind":"dice","emoji":"🎲"}                                    Telegram only
//	{"kind":"link","payload":"promo"}                              Messenger, Instagram: came by m.me/page?ref=promo, says nothing
//	{"kind":"ad","text":"...","name":"Canecas","payload":"promo"?}  all but Telegram: a first text that an advert led to
//	{"kind":"share","url":"https://..","name":"..."?,"text":"..."?}  Messenger, Instagram: a post; "reel" a reel
//	{"kind":"story_reply","text":"quanto?"}                        Instagram: about the business's story; text "" a heart
//	{"kind":"story_mention"}                                       Instagram: a story of the person's that names the business
//	{"kind":"unsupported"}                                         Messenger, Instagram: what the API cannot show
//
// A sticker is the thumb on Messenger and the heart on Instagram; revoke is
// Instagram's unsend; an edit works five times in fifteen minutes.
//
// # Shapes (absent when empty, unless said)
//
//	Phone    {"id","name","phone"?,"username"?,"read_receipts":true,
//	          "accounts":[{"channel":"whatsapp"|"telegram"|"messenger"|"instagram","id","address"}]}
//	Business {"id","channel","name","address","ready":true}          ready: a webhook is registered
//	Chat     {"id","phone","channel","business":Business,"last"?:Bubble,"unread":0,"typing":false,"blocked":false,
//	          "started":true,                                        false: a Telegram bot that was never started, a Messenger page never
//	                                                                 written to: draw START / Get Started
//	          "catalog_id"?,"cart"?,                                 WhatsApp: the number shows a catalog, carts may be sent
//	          "window_until"?:ms,                                    all but Telegram: until when the business may write freely
//	          "keyboard"?:{"rows":[[Choice]],"placeholder"?,"one_time"?,"persistent"?}}   Telegram reply keyboard now shown
//	Bubble   {"id","chat","dir":"mine"|"theirs",                     mine: the phone's owner wrote it (right side)
//	          "kind","at":ms,"text"?,"tick"?,                        text: body or caption
//	          "entities"?:[{"type","offset","length","url"?,"language"?}],  Telegram formatting, offsets in UTF-16 units;
//	                                                                 WhatsApp text carries its own *bold* _italic_ ~strike~ `code`
//	          "reply_to"?:{"id","dir","text"},
//	          "header"?:{"text"?,"media"?:Media},"footer"?,
//	          "media"?:Media,"album"?,                               album: bubbles with the same value belong together
//	          "images"?:[Media],                                     several files of one message, the first is media, too
//	          "quick"?:[Choice],                                     Messenger, Instagram: chips, shown while it is the newest bubble;
//	                                                                 answered by POST tap
//	          "story"?:{"id","media"?},                              the business's story that it answers or that names it; no media: gone
//	          "poll"?:{"question","answers":[{"text","votes"?,"chosen"?}],"several"?,"closed"?},
//	          "form"?:{"fields":[{"name","value"}]},                 what a filled form says
//	          "share"?:{"kind":"post"|"reel","title"?,"url"?},
//	          "location"?:{"latitude","longitude","live"?:s,"name"?,"address"?},   live: it moves for so long
//	          "contacts"?:[{"name","phone"?}],
//	          "rows"?:[[Choice]],                                    buttons under the bubble, row by row
//	          "list"?:{"button","sections":[{"title"?,"rows":[Choice]}]},  WhatsApp list: opened by the button
//	          "cards"?:[{"header"?,"title"?,"text"?,"rows"?,"product"?:Product}],   carousel
//	          "products"?:[Product],"catalog_id"?,"about"?:Product,  about: what a text of the customer's asks about
//	          "payment"?:{"reference","total","currency","status","description"?,"pix_code"?,"boleto"?,"link"?,
//	                      "lines"?:[{"name","quantity","price"}],"subtotal"?,"discount"?,"shipping"?,"tax"?},  minor units
//	          "reactions"?:[{"dir","emoji"}],
//	          "edited"?:true,"deleted"?:true,"error"?:{"code","message"},"notice"?}
//	Product  {"id","name"?,"description"?,"image"?,"link"?,"price_text"?,"list_price"?,"amount"?,"currency"?,  the catalog's present words
//	          "sold_out"?,"gone"?,"quantity"?,"price"?,"section"?}   quantity and price: of a sent cart
//	Storefront {"catalog_id","cart","items":[Product],"after"?}      cart: customers may fill one
//	Paid     {"provider","amount"?}                                  provider false: no simulated provider is behind the code
//	Choice   {"id","text","description"?,"kind":"reply"|"url"|"phone"|"copy"|"contact"|"location"|"app"|"flow"|"other",
//	          "value"?,"chosen"?:true}                               value: url, number or text to copy; only reply, contact,
//	                                                                 location and flow are answered by POST tap
//	Media    {"id"?,"url","mime","name"?,"size"?,"voice"?:true,"animated"?:true,"round"?:true,"seconds"?}  url: absolute path or outside address
//	Wire     {"bubble","steps":[{"title":"webhook"|"call","direction":"to_business"|"from_business","at":ms,
//	          "method","url","request_headers":{..},"request_body":"text","status":200,"response_headers":{..},
//	          "response_body":"text","attempt":1,"error"?,"ms":12}]}   secrets masked; signature headers kept
//
// Reactions, edits and revocations are no bubbles: they change their target,
// which comes again as an event.
//
// Kinds: text, image, video, audio, voice, document, sticker, location,
// contacts, buttons, list, link (one button that opens an address),
// location_request, contact_request, product, products, catalog, carousel,
// flow, order_details, order_status, order, template, button_reply,
// list_reply, share, story_reply, story_mention, poll, call and preference (both a note
// whose text is the state), callback (a Telegram inline button was pressed: draw it as a
// note, no bubble), form_reply, system, unsupported. Draw any other kind as
// unsupported.
//
// Ticks of "mine": clock (the webhook waits), sent (on its way to the
// business), delivered (the business answered 200), read (the business marked
// it read), failed. Ticks of "theirs": what the business was told: accepted,
// sent, delivered, read, played, failed.
//
// # Events
//
// GET events is a text/event-stream. It starts with "hello" and repeats a
// comment line every 15 s. Each event has one line of JSON:
//
//	event: hello    data: {"at":ms}
//	event: bubble   data: {"chat":"..","phone":"..","bubble":Bubble}        new or changed (same id: replace)
//	event: chat     data: {"chat":Chat,"phone":".."}                        unread, typing, keyboard, blocked, window changed
//	event: typing   data: {"chat":"..","phone":"..","typing":true,"until":ms}
//	event: phones   data: {}                                                people or businesses changed: read both again
//	event: resync   data: {}                                                the reader was too slow: read everything again
package phone
