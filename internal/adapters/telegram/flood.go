package telegram

import (
	"sync"

	"prosa/internal/modules/channel"
)

// severalChats is how many chats of a bot must be told to wait at the same time
// before the bot as a whole is taken to be too fast. Telegram says of no 429
// whether it is about the chat (one message a second) or the bot (about thirty).
const severalChats = 3

// floods remembers which chats were told to wait, and until when. Its zero value
// is ready. It is a hint for the speed of one process: what is forgotten in a
// restart is told again.
type floods struct {
	mu      sync.Mutex
	waiting map[string]map[place]int64 // by account: chat to milliseconds
}

// judge widens a throttle of a chat to the bot's account when several of its
// chats wait.
func (f *floods) judge(account string, where place, failure *channel.SendError, nowMS int64) {
	if failure.Class != channel.Throttled || failure.Scope != channel.OneCustomer {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting == nil {
		f.waiting = map[string]map[place]int64{}
	}
	chats := f.waiting[account]
	if chats == nil {
		chats = map[place]int64{}
		f.waiting[account] = chats
	}
	for chat, untilMS := range chats {
		if untilMS <= nowMS {
			delete(chats, chat)
		}
	}
	chats[where] = nowMS + max(failure.AfterMS, 1000)
	if len(chats) < severalChats {
		return
	}
	failure.Scope = channel.OneAccount
	delete(f.waiting, account) // the account waits now; who is told again after it counts anew
}
