package identity

import (
	"slices"

	"prosa/internal/base/fault"
)

// Role is what a member is in a company.
type Role string

// Roles, from the least to the most rights.
const (
	Attendant  Role = "attendant"
	Supervisor Role = "supervisor"
	Admin      Role = "admin"
)

// Permission is one thing that somebody may do.
type Permission string

// Permissions of a company's members; PlatformOperate is that of operators, and
// PlatformCost that of operators and of those who read costs.
const (
	InboxRead       Permission = "inbox.read"
	InboxReply      Permission = "inbox.reply"
	InboxAssign     Permission = "inbox.assign"    // give a conversation to somebody else
	InboxSupervise  Permission = "inbox.supervise" // see and take what others own
	ContactRead     Permission = "contact.read"
	ContactWrite    Permission = "contact.write"
	ContactBlock    Permission = "contact.block"
	ChannelRead     Permission = "channel.read"
	ChannelManage   Permission = "channel.manage"
	ChannelLog      Permission = "channel.log" // what the provider said and was told
	BotRead         Permission = "bot.read"
	BotWrite        Permission = "bot.write"   // drafts, tests, names
	BotPublish      Permission = "bot.publish" // what customers meet: versions, channels, secrets
	TemplateRead    Permission = "template.read"
	TemplateManage  Permission = "template.manage" // have WhatsApp review, change and delete them
	ProductRead     Permission = "product.read"
	ProductWrite    Permission = "product.write" // products, stock, coupons, delivery
	OrderRead       Permission = "order.read"
	OrderWrite      Permission = "order.write"    // carts and orders
	PaymentManage   Permission = "payment.manage" // how the company is paid
	MemberRead      Permission = "member.read"
	MemberManage    Permission = "member.manage"
	CompanyManage   Permission = "company.manage"
	AuditRead       Permission = "audit.read"
	BillingRead     Permission = "billing.read"   // what the plan grants, what was used, what is owed
	BillingManage   Permission = "billing.manage" // plan, payment, the end of it
	PlatformOperate Permission = "platform.operate"
	PlatformCost    Permission = "platform.cost" // look at what the platform costs, and nothing else of it
)

// least is the least role that holds a permission. PlatformOperate and
// PlatformCost are not here: no role holds them.
var least = map[Permission]Role{
	InboxRead: Attendant, InboxReply: Attendant,
	ContactRead: Attendant, ContactWrite: Attendant,
	ChannelRead: Attendant, BotRead: Attendant, MemberRead: Attendant,
	InboxAssign: Supervisor, InboxSupervise: Supervisor, ContactBlock: Supervisor, AuditRead: Supervisor,
	ChannelManage: Admin, ChannelLog: Admin, MemberManage: Admin, CompanyManage: Admin,
	BotWrite: Admin, BotPublish: Admin,
	TemplateRead: Attendant, TemplateManage: Supervisor,
	ProductRead: Attendant, OrderRead: Attendant, OrderWrite: Attendant, ProductWrite: Supervisor, PaymentManage: Admin,
	BillingRead: Supervisor, BillingManage: Admin,
}

// OfPlatform reports whether a permission is about the platform and not about a
// company.
func (p Permission) OfPlatform() bool { return p == PlatformOperate || p == PlatformCost }

func (r Role) rank() int { return slices.Index([]Role{Attendant, Supervisor, Admin}, r) }

// May reports whether a member of the role holds the permission.
func (r Role) May(permission Permission) bool {
	role, ok := least[permission]
	return ok && r.rank() >= role.rank()
}

// Permissions lists what a role holds, sorted.
func (r Role) Permissions() []Permission {
	held := []Permission{}
	for permission := range least {
		if r.May(permission) {
			held = append(held, permission)
		}
	}
	slices.Sort(held)
	return held
}

func checkRole(role Role) error {
	if role.rank() < 0 {
		return fault.OnField("role", "must be %s, %s or %s", Attendant, Supervisor, Admin)
	}
	return nil
}
