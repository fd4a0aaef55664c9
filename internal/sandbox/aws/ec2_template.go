package aws

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// templateCalls are those about what a group's machines are made from. A
// template is a thing with a version as a thing of its own for each text.
func templateCalls() map[string]handler {
	return map[string]handler{
		"CreateLaunchTemplate": createTemplate, "CreateLaunchTemplateVersion": createTemplateVersion, "ModifyLaunchTemplate": modifyTemplate,
		"DescribeLaunchTemplates": describeTemplates, "DescribeLaunchTemplateVersions": describeTemplateVersions, "DeleteLaunchTemplate": deleteTemplate,
	}
}

var templateName = regexp.MustCompile(`^[a-zA-Z0-9().\-/_]{3,128}$`)

// maxUserData is what a machine reads at its first boot at most, in bytes before
// base64.
const maxUserData = 16384

func createTemplate(c *call) (any, error) {
	name := c.form.Get("LaunchTemplateName")
	if !templateName.MatchString(name) {
		return nil, refuse(http.StatusBadRequest, "InvalidLaunchTemplateName.MalformedException", "Launch template names must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _")
	}
	for _, other := range c.ec2().kinds["template"] {
		if other.facts["launch-template-name"] == name {
			return nil, refuse(http.StatusBadRequest, "InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
		}
	}
	if err := c.judgeTemplate(); err != nil {
		return nil, err
	}
	id := c.account.name("lt")
	made := c.keep("template", id, map[string]string{"launch-template-name": name, "launch-template-id": id}, say("launchTemplateId", id), say("launchTemplateName", name),
		say("createTime", c.server.config.Now()), say("createdBy", c.principal), say("defaultVersionNumber", 1), say("latestVersionNumber", 1))
	c.keepVersion(made, 1)
	return answerXML{el("launchTemplate", made.write()...)}, nil
}

func (c *call) judgeTemplate() error {
	written := c.form.Get("LaunchTemplateData.UserData")
	plain, err := base64.StdEncoding.DecodeString(written)
	if err != nil {
		return refuse(http.StatusBadRequest, "InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.")
	}
	if len(plain) > maxUserData {
		return refuse(http.StatusBadRequest, "InvalidParameterValue", "User data is limited to %d bytes", maxUserData)
	}
	return nil
}

// keepVersion keeps the text of a form as a version of a template.
func (c *call) keepVersion(template *thing, number int) *thing {
	id := fmt.Sprintf("%s:%d", template.id, number)
	version := &thing{id: id, tags: map[string]string{}, facts: map[string]string{"template": template.id}, parts: []element{
		say("launchTemplateId", template.id), say("launchTemplateName", template.facts["launch-template-name"]), say("versionNumber", number), some("versionDescription", c.form.Get("VersionDescription")),
		say("createTime", c.server.config.Now()), say("createdBy", c.principal), treeOf(c.form, "LaunchTemplateData").write("launchTemplateData"),
	}}
	shelved := c.ec2().kinds["template version"]
	shelved.put(id, version)
	c.ec2().kinds["template version"] = shelved
	return version
}

// version gives the number that a word stands for: $Latest, $Default, 3.
func (t *thing) version(word string) string {
	switch word {
	case "$Latest":
		return t.part("latestVersionNumber").text
	case "$Default", "":
		return t.part("defaultVersionNumber").text
	}
	return word
}

// template finds one by id or name.
func (c *call) template(prefix string) (*thing, error) {
	name := c.form.Get(prefix + "LaunchTemplateName")
	for _, t := range c.ec2().kinds["template"] {
		if name != "" && t.facts["launch-template-name"] == name {
			return t, nil
		}
	}
	return c.thing("template", prefix+"LaunchTemplateId")
}

func createTemplateVersion(c *call) (any, error) {
	template, err := c.template("")
	if err != nil {
		return nil, err
	}
	if err := c.judgeTemplate(); err != nil {
		return nil, err
	}
	latest, _ := strconv.Atoi(template.part("latestVersionNumber").text)
	template.set(say("latestVersionNumber", latest+1))
	return answerXML{el("launchTemplateVersion", c.keepVersion(template, latest+1).parts...)}, nil
}

func modifyTemplate(c *call) (any, error) {
	template, err := c.template("")
	if err != nil {
		return nil, err
	}
	number := template.version(c.form.Get("SetDefaultVersion"))
	if c.ec2().kinds["template version"][template.id+":"+number] == nil {
		return nil, refuse(http.StatusBadRequest, "InvalidLaunchTemplateId.VersionNotFound", "Could not find launch template version %s", number)
	}
	template.set(say("defaultVersionNumber", number))
	return answerXML{el("launchTemplate", template.write()...)}, nil
}

func describeTemplates(c *call) (any, error) {
	names := c.formList("LaunchTemplateName")
	if len(names) == 0 {
		return describe("template", "LaunchTemplateId", "launchTemplates")(c)
	}
	found := slices.DeleteFunc(c.ec2().kinds["template"].all(), func(t *thing) bool { return !slices.Contains(names, t.facts["launch-template-name"]) })
	if len(found) < len(names) {
		return nil, refuse(http.StatusBadRequest, "InvalidLaunchTemplateName.NotFoundException", "At least one of the launch templates specified in the request does not exist.")
	}
	return answerXML{list("launchTemplates", "item", found, (*thing).write)}, nil
}

func describeTemplateVersions(c *call) (any, error) {
	template, err := c.template("")
	if err != nil {
		return nil, err
	}
	asked := c.formList("LaunchTemplateVersion")
	for i, word := range asked {
		asked[i] = template.version(word)
	}
	found := el("launchTemplateVersionSet")
	for _, version := range c.ec2().kinds["template version"].all() {
		number := version.part("versionNumber").text
		if version.facts["template"] != template.id || len(asked) > 0 && !slices.Contains(asked, number) {
			continue
		}
		standard := say("defaultVersion", number == template.version("$Default"))
		found.children = append(found.children, el("item", append(slices.Clone(version.parts), standard)...))
	}
	if len(asked) > 0 && len(found.children) == 0 {
		return nil, refuse(http.StatusBadRequest, "InvalidLaunchTemplateId.VersionNotFound", "Could not find launch template version")
	}
	return answerXML{found}, nil
}

func deleteTemplate(c *call) (any, error) {
	template, err := c.template("")
	if err != nil {
		return nil, err
	}
	delete(c.ec2().kinds["template"], template.id)
	for id, version := range c.ec2().kinds["template version"] {
		if version.facts["template"] == template.id {
			delete(c.ec2().kinds["template version"], id)
		}
	}
	return answerXML{el("launchTemplate", template.write()...)}, nil
}

// tree is a form's nested structure: fields by name, lists by number.
type tree struct {
	value  string
	fields map[string]*tree
}

// treeOf reads what stands below a prefix of a form.
func treeOf(form url.Values, prefix string) *tree {
	root := &tree{fields: map[string]*tree{}}
	for name, values := range form {
		rest, below := strings.CutPrefix(name, prefix+".")
		words := strings.Split(rest, ".")
		if !below || len(values) == 0 || slices.Contains(words, "") {
			continue
		}
		at := root
		for _, word := range words {
			if at.fields[word] == nil {
				at.fields[word] = &tree{fields: map[string]*tree{}}
			}
			at = at.fields[word]
		}
		at.value = values[0]
	}
	return root
}

// write tells a tree in EC2's manner: names begin small, a list is a set of
// items. An interface's groups have names of their own.
func (t *tree) write(name string) element { return t.writeIn("", name) }

func (t *tree) writeIn(parent, name string) element {
	small := strings.ToLower(name[:1]) + name[1:]
	if len(t.fields) == 0 {
		return say(small, t.value)
	}
	if t.fields["1"] == nil {
		written := el(small)
		for _, field := range sortedKeys(t.fields) {
			written.children = append(written.children, t.fields[field].writeIn(parent, field))
		}
		return written
	}
	set, item := small+"Set", "item"
	if parent == "NetworkInterface" && name == "SecurityGroupId" {
		set, item = "groupSet", "groupId"
	}
	written := el(set)
	for n := 1; t.fields[strconv.Itoa(n)] != nil; n++ {
		one := t.fields[strconv.Itoa(n)].writeIn(name, "item")
		one.name = item
		written.children = append(written.children, one)
	}
	return written
}
