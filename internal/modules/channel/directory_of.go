package channel

import "prosa/internal/message"

// Of gives the accounts of a platform, of every company, in no order.
func (d *Directory) Of(ch message.Channel) []Account {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var list []Account
	for _, account := range d.byID {
		if account.Channel == ch {
			list = append(list, account)
		}
	}
	return list
}
