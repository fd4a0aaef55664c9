package aws

import (
	"net/http"
	"slices"
	"time"
)

type user struct {
	Name, ID, ARN, Path, Boundary string
	Groups                        []string
	Tags                          map[string]string
	Made                          time.Time
}

func iamUserCalls() map[string]handler {
	return map[string]handler{
		"CreateUser": createUser, "GetUser": getUser, "UpdateUser": updateUser, "DeleteUser": deleteUser, "ListUsers": listUsers,
		"TagUser": tagUser, "UntagUser": untagUser, "ListUserTags": listUserTags,
		"PutUserPermissionsBoundary": putUserBoundary, "DeleteUserPermissionsBoundary": deleteUserBoundary,
		"AddUserToGroup": addToGroup, "RemoveUserFromGroup": removeFromGroup, "ListGroupsForUser": listGroupsOfUser,
	}
}

func (c *call) user() (*user, error) {
	if found := c.iam().users[c.form.Get("UserName")]; found != nil {
		return found, nil
	}
	return nil, noSuch("user", c.form.Get("UserName"))
}

func writeUser(u *user) []element {
	boundary := element{}
	if u.Boundary != "" {
		boundary = el("PermissionsBoundary", say("PermissionsBoundaryType", "Policy"), say("PermissionsBoundaryArn", u.Boundary))
	}
	return []element{
		say("UserName", u.Name), say("UserId", u.ID), say("Arn", u.ARN), say("Path", u.Path), say("CreateDate", u.Made), boundary, tagList("Tags", "member", u.Tags),
	}
}

func createUser(c *call) (any, error) {
	name := c.form.Get("UserName")
	if !entityName.MatchString(name) || len(name) > 64 {
		return nil, refuse(http.StatusBadRequest, "ValidationError", "1 validation error detected: Value at 'userName' failed to satisfy constraint")
	}
	if c.iam().users[name] != nil {
		return nil, exists("User", name)
	}
	boundary, err := c.boundary()
	if err != nil {
		return nil, err
	}
	u := &user{Name: name, ID: c.entity("AIDA"), Path: c.path(), Boundary: boundary, Tags: c.formTags("Tags.member"), Made: c.server.config.Now()}
	u.ARN = c.globalARN("iam", "user"+u.Path+name)
	c.iam().users.put(name, u)
	return answerXML{el("User", writeUser(u)...)}, nil
}

func getUser(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return answerXML{el("User", writeUser(u)...)}, nil
}

func listUsers(c *call) (any, error) {
	return answerXML{list("Users", "member", c.iam().users.all(), writeUser), say("IsTruncated", false)}, nil
}

func updateUser(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	if path := c.form.Get("NewPath"); path != "" {
		u.Path = path
	}
	if name := c.form.Get("NewUserName"); name != "" && name != u.Name {
		if c.iam().users[name] != nil {
			return nil, exists("User", name)
		}
		delete(c.iam().users, u.Name)
		u.Name = name
		c.iam().users.put(name, u)
	}
	u.ARN = c.globalARN("iam", "user"+u.Path+u.Name)
	return answerXML{}, nil
}

func deleteUser(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	if len(u.Groups) > 0 {
		return nil, inUse("must remove users from group first.")
	}
	delete(c.iam().users, u.Name)
	return answerXML{}, nil
}

func tagUser(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	for key, value := range c.formTags("Tags.member") {
		u.Tags[key] = value
	}
	return answerXML{}, nil
}

func untagUser(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	for _, key := range c.formList("TagKeys.member") {
		delete(u.Tags, key)
	}
	return answerXML{}, nil
}

func listUserTags(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return answerXML{tagList("Tags", "member", u.Tags), say("IsTruncated", false)}, nil
}

func putUserBoundary(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	if u.Boundary, err = c.boundary(); err != nil {
		return nil, err
	}
	return answerXML{}, nil
}

func deleteUserBoundary(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	u.Boundary = ""
	return answerXML{}, nil
}

func addToGroup(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(u.Groups, g.Name) {
		u.Groups = append(u.Groups, g.Name)
	}
	return answerXML{}, nil
}

func removeFromGroup(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	u.Groups = slices.DeleteFunc(u.Groups, func(name string) bool { return name == g.Name })
	return answerXML{}, nil
}

func listGroupsOfUser(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return answerXML{list("Groups", "member", u.Groups, func(name string) []element { return writeGroup(c.iam().groups[name]).children }), say("IsTruncated", false)}, nil
}

// membersOf lists the users of a group.
func (c *call) membersOf(g *group) []*user {
	return slices.DeleteFunc(c.iam().users.all(), func(u *user) bool { return !slices.Contains(u.Groups, g.Name) })
}
