package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
)

type memberOutput struct{ Body identity.Member }

type memberList struct {
	Body struct {
		Items []identity.Member `json:"items"`
	}
}

func (a *api) registerMember() {
	handle(a, route{
		id: "list-members", method: http.MethodGet, path: "/members", tag: "member", needs: identity.MemberRead, summary: "The company's people, by name.",
	}, a.listMembers)
	handle(a, route{
		id: "set-member-role", method: http.MethodPatch, path: "/members/{user}", tag: "member", needs: identity.MemberManage,
		summary: "Change a role, at once. Reason: last_admin.",
	}, a.setMemberRole)
	handle(a, route{
		id: "remove-member", method: http.MethodDelete, path: "/members/{user}", tag: "member", needs: identity.MemberManage, status: http.StatusNoContent,
		summary: "Take somebody out of the company, at once. Reason: last_admin.",
	}, a.removeMember)
}

func (a *api) listMembers(ctx context.Context, _ *struct{}) (*memberList, error) {
	members, err := a.deps.Identity.Members(ctx, caller(ctx).TenantID())
	if err != nil {
		return nil, err
	}
	out := &memberList{}
	out.Body.Items = members
	return out, nil
}

// MemberPath names a member in the path. huma reads embedded fields of exported types only.
type MemberPath struct {
	User string `path:"user" maxLength:"64"`
}

type memberRoleInput struct {
	MemberPath
	Body struct {
		Role identity.Role `json:"role" enum:"attendant,supervisor,admin"`
	}
}

func (a *api) setMemberRole(ctx context.Context, in *memberRoleInput) (*memberOutput, error) {
	member, err := a.deps.Identity.SetRole(ctx, caller(ctx), in.User, in.Body.Role)
	return &memberOutput{member}, err
}

func (a *api) removeMember(ctx context.Context, in *MemberPath) (*struct{}, error) {
	return nil, a.deps.Identity.RemoveMember(ctx, caller(ctx), in.User)
}
