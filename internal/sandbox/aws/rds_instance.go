package aws

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// databaseFields are the plain ones that are told as they were given, with what
// the vendor takes when nothing is said; empty is not told.
var databaseFields = map[string]string{
	"AllocatedStorage": "20", "MaxAllocatedStorage": "", "StorageType": "gp2", "StorageEncrypted": "false", "KmsKeyId": "", "Iops": "", "StorageThroughput": "",
	"MasterUsername": "", "DBName": "", "MultiAZ": "false", "PubliclyAccessible": "false", "CACertificateIdentifier": "rds-ca-rsa2048-g1",
	"BackupRetentionPeriod": "1", "PreferredBackupWindow": "05:00-05:30", "PreferredMaintenanceWindow": "sun:07:00-sun:07:30", "CopyTagsToSnapshot": "false", "BackupTarget": "region",
	"DeletionProtection": "false", "AutoMinorVersionUpgrade": "true", "EngineLifecycleSupport": "open-source-rds-extended-support", "DatabaseInsightsMode": "standard",
	"PerformanceInsightsEnabled": "false", "PerformanceInsightsKMSKeyId": "", "PerformanceInsightsRetentionPeriod": "", "IAMDatabaseAuthenticationEnabled": "false",
	"MonitoringInterval": "0", "MonitoringRoleArn": "", "NetworkType": "IPV4", "LicenseModel": "postgresql-license", "DedicatedLogVolume": "false", "CustomerOwnedIpEnabled": "false",
}

// asked names a field's parameter where it is called otherwise.
var askedAs = map[string]string{"PerformanceInsightsEnabled": "EnablePerformanceInsights", "IAMDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication", "CustomerOwnedIpEnabled": "EnableCustomerOwnedIp"}

// authorities that sign a server's certificate.
var authorities = []string{"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"}

// tooSmall are the classes without room for Performance Insights.
var tooSmall = []string{"db.t2.micro", "db.t2.small", "db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small"}

// take reads the plain fields of a form over those that were.
func (c *call) take(before map[string]string) map[string]string {
	taken := maps.Clone(before)
	for name := range databaseFields {
		parameter := name
		if other := askedAs[name]; other != "" {
			parameter = other
		}
		if value, ok := c.form[parameter]; ok && len(value) > 0 {
			taken[name] = value[0]
		}
	}
	if taken["StorageType"] == "gp3" && taken["Iops"] == "" {
		taken["Iops"], taken["StorageThroughput"] = "3000", "125"
	}
	if taken["PerformanceInsightsEnabled"] == "true" && taken["PerformanceInsightsRetentionPeriod"] == "" {
		taken["PerformanceInsightsRetentionPeriod"] = "7"
	}
	return taken
}

// judgeDatabase refuses what the vendor would of a database's fields and class.
func (c *call) judgeDatabase(class string, f map[string]string) error {
	number := func(name string) int {
		n, _ := strconv.Atoi(f[name])
		return n
	}
	storage, most := number("AllocatedStorage"), number("MaxAllocatedStorage")
	switch {
	case !strings.HasPrefix(class, "db."):
		return refuse(http.StatusBadRequest, "InvalidParameterValue", "Invalid DB Instance class: %s", class)
	case storage < 20 || storage > 65536:
		return refuse(http.StatusBadRequest, "InvalidParameterValue", "Invalid storage size for engine name postgres and storage type %s: %d", f["StorageType"], storage)
	case most != 0 && most*10 < storage*11:
		return refuse(http.StatusBadRequest, "InvalidParameterCombination", "Max storage size must be at least 10%% greater than storage size")
	case number("BackupRetentionPeriod") > 35:
		return refuse(http.StatusBadRequest, "InvalidParameterValue", "Invalid backup retention period: %s. Must be between 0 and 35.", f["BackupRetentionPeriod"])
	case !slices.Contains(authorities, f["CACertificateIdentifier"]):
		return refuse(http.StatusNotFound, "CertificateNotFound", "Certificate not found: %s", f["CACertificateIdentifier"])
	case f["KmsKeyId"] != "" && f["StorageEncrypted"] != "true":
		return refuse(http.StatusBadRequest, "InvalidParameterCombination", "The KmsKeyId parameter can only be used with encrypted storage.")
	case f["PerformanceInsightsEnabled"] == "true" && slices.Contains(tooSmall, class):
		return refuse(http.StatusBadRequest, "InvalidParameterCombination", "Performance Insights not supported for this configuration.")
	case overlap(f["PreferredBackupWindow"], f["PreferredMaintenanceWindow"]):
		return refuse(http.StatusBadRequest, "InvalidParameterValue", "The backup window and maintenance window must not overlap.")
	case slices.Contains([]string{"admin", "postgres_", "public", "user"}, f["MasterUsername"]):
		return refuse(http.StatusBadRequest, "InvalidParameterValue", "MasterUsername %s cannot be used as it is a reserved word used by the engine", f["MasterUsername"])
	}
	for _, field := range []string{"KmsKeyId", "PerformanceInsightsKMSKeyId"} {
		if err := c.sealsWith(f[field]); err != nil {
			return err
		}
	}
	return nil
}

// sealsWith refuses a key that is not there or is not on.
func (c *call) sealsWith(key string) error {
	if key == "" {
		return nil
	}
	if found, err := c.key(key); err != nil || found.about["Enabled"] != true {
		return refuse(http.StatusBadRequest, "KMSKeyNotAccessibleFault", "The specified KMS key [%s] does not exist, is not enabled or you do not have permissions to access it.", key)
	}
	return nil
}

// overlap says whether a daily window (hh:mm-hh:mm) and a weekly one
// (ddd:hh:mm-ddd:hh:mm), both short, meet.
func overlap(daily, weekly string) bool {
	from, to, _ := strings.Cut(daily, "-")
	starts, ends, _ := strings.Cut(weekly, "-")
	_, starts, _ = strings.Cut(starts, ":")
	_, ends, _ = strings.Cut(ends, ":")
	return from != "" && starts != "" && from < ends && starts < to
}

// version gives the whole version that a short one stands for.
func (c *call) version(asked string) (string, error) {
	if asked == "" {
		asked = "17"
	}
	for _, whole := range families {
		if major, _, _ := strings.Cut(whole, "."); asked == whole || asked == major {
			return whole, nil
		}
	}
	return "", refuse(http.StatusBadRequest, "InvalidParameterCombination", "Cannot find version %s for %s", asked, c.form.Get("Engine"))
}

// members reads the groups that a database is to be in and holds them together:
// settings of its version, machines of one network.
func (c *call) members(d *database) error {
	if name := c.form.Get("DBSubnetGroupName"); name != "" {
		group, err := c.subnetGroup()
		if err != nil {
			return err
		}
		d.subnetGroup = group.name
	}
	if name := c.form.Get("DBParameterGroupName"); name != "" {
		group, err := c.parameterGroup()
		if err != nil {
			return err
		}
		if families[group.family] != d.version {
			return refuse(http.StatusBadRequest, "InvalidParameterCombination", "The Parameter Group %s with DBParameterGroupFamily %s can't be used for this instance. Please use a Parameter Group with DBParameterGroupFamily %s",
				group.name, group.family, "postgres"+strings.Split(d.version, ".")[0])
		}
		d.parameterGroup = group.name
	}
	asked := c.formList("VpcSecurityGroupIds.VpcSecurityGroupId")
	for _, id := range asked {
		group := c.ec2().kinds["group"][id]
		if group == nil {
			return refuse(http.StatusBadRequest, "InvalidParameterValue", "Invalid security group , groupId= %s, groupName=.", id)
		}
		if held := c.databases().subnetGroups[d.subnetGroup]; held != nil && held.vpc != group.facts["vpc-id"] {
			return refuse(http.StatusBadRequest, "InvalidParameterCombination", "The DB instance and EC2 security group are in different VPCs. The DB instance is in %s and the EC2 security group is in %s", held.vpc, group.facts["vpc-id"])
		}
	}
	if len(asked) > 0 {
		d.groups = asked
	}
	return nil
}

func createDatabase(c *call) (any, error) {
	if err := c.need("DBInstanceIdentifier", "DBInstanceClass", "Engine"); err != nil {
		return nil, err
	}
	s := c.databases()
	name := c.form.Get("DBInstanceIdentifier")
	if s.instances[name] != nil {
		return nil, refuse(http.StatusBadRequest, "DBInstanceAlreadyExists", "DB instance already exists")
	}
	version, err := c.version(c.form.Get("EngineVersion"))
	if err != nil {
		return nil, err
	}
	made := &database{ID: name, Class: c.form.Get("DBInstanceClass"), Engine: c.form.Get("Engine"), version: version, port: c.form.Get("Port"), fields: c.take(databaseFields),
		logs: c.formList("EnableCloudwatchLogsExports.member"), resource: fmt.Sprintf("db-%s%012d", c.account.ID, c.account.next()), made: c.server.config.Now()}
	if made.port == "" {
		made.port = "5432"
	}
	if err := c.members(made); err != nil {
		return nil, err
	}
	if err := c.judgeDatabase(made.Class, made.fields); err != nil {
		return nil, err
	}
	if c.form.Get("ManageMasterUserPassword") == "true" {
		key := c.form.Get("MasterUserSecretKmsKeyId")
		if err := c.sealsWith(key); err != nil {
			return nil, err
		}
		made.secret = []element{say("SecretArn", c.arn("secretsmanager", fmt.Sprintf("secret:rds!%s-%s", made.resource, secretSuffix))), say("SecretStatus", "active"), some("KmsKeyId", key)}
	}
	made.turn("creating", "available", c.server.config.Now().Add(c.takes(databaseStarts)))
	s.instances.put(name, made)
	c.tagDatabase(c.arn("rds", "db:"+name))
	return answerXML{el("DBInstance", c.writeDatabase(made)...)}, nil
}

func (c *call) writeDatabase(d *database) []element {
	arn := c.arn("rds", "db:"+d.ID)
	told := []element{
		say("DBInstanceIdentifier", d.ID), say("DBInstanceArn", arn), say("DBInstanceClass", d.Class), say("Engine", d.Engine), say("EngineVersion", d.version),
		say("DBInstanceStatus", d.status), say("DbiResourceId", d.resource), say("DbInstancePort", 0), say("InstanceCreateTime", d.made),
		list("VpcSecurityGroups", "VpcSecurityGroupMembership", d.groups, func(id string) []element {
			return []element{say("VpcSecurityGroupId", id), say("Status", "active")}
		}),
		el("OptionGroupMemberships", el("OptionGroupMembership", say("OptionGroupName", "default:postgres-"+strings.Split(d.version, ".")[0]), say("Status", "in-sync"))),
		texts("EnabledCloudwatchLogsExports", "member", d.logs), tagList("TagList", "Tag", c.databases().tags[arn]),
	}
	for _, name := range sortedKeys(d.fields) {
		told = append(told, some(name, d.fields[name]))
	}
	group := d.parameterGroup
	if group == "" {
		group = "default.postgres" + strings.Split(d.version, ".")[0]
	}
	told = append(told, el("DBParameterGroups", el("DBParameterGroup", say("DBParameterGroupName", group), say("ParameterApplyStatus", "in-sync"))))
	if held := c.databases().subnetGroups[d.subnetGroup]; held != nil {
		told = append(told, el("DBSubnetGroup", c.writeSubnetGroup(held)...))
	}
	if d.secret != nil {
		told = append(told, el("MasterUserSecret", d.secret...))
	}
	if d.status != "creating" {
		told = append(told, say("AvailabilityZone", c.region+"a"), el("Endpoint", say("Address", d.ID+".c"+c.account.ID+"."+c.region+".rds.amazonaws.com"), say("Port", d.port), say("HostedZoneId", "Z0000000000RDS")))
	}
	return told
}

// modifyDatabase changes a running one, at once: nobody waits for a window here.
func modifyDatabase(c *call) (any, error) {
	d, err := c.database()
	if err != nil {
		return nil, err
	}
	if d.status != "available" {
		return nil, refuse(http.StatusBadRequest, "InvalidDBInstanceState", "Database instance is not in available state.")
	}
	changed := *d
	changed.fields = c.take(d.fields)
	if class := c.form.Get("DBInstanceClass"); class != "" {
		changed.Class = class
	}
	if asked := c.form.Get("EngineVersion"); asked != "" {
		if changed.version, err = c.version(asked); err != nil {
			return nil, err
		}
		if strings.Split(changed.version, ".")[0] != strings.Split(d.version, ".")[0] && c.form.Get("AllowMajorVersionUpgrade") != "true" {
			return nil, refuse(http.StatusBadRequest, "InvalidParameterCombination", "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
		}
	}
	if port := c.form.Get("DBPortNumber"); port != "" {
		changed.port = port
	}
	if err := c.members(&changed); err != nil {
		return nil, err
	}
	if err := c.judgeDatabase(changed.Class, changed.fields); err != nil {
		return nil, err
	}
	gone := c.formList("CloudwatchLogsExportConfiguration.DisableLogTypes.member")
	changed.logs = slices.DeleteFunc(slices.Concat(d.logs, c.formList("CloudwatchLogsExportConfiguration.EnableLogTypes.member")), func(kind string) bool { return slices.Contains(gone, kind) })
	*d = changed
	return answerXML{el("DBInstance", c.writeDatabase(d)...)}, nil
}

func deleteDatabase(c *call) (any, error) {
	d, err := c.database()
	if err != nil {
		return nil, err
	}
	skip, last := c.form.Get("SkipFinalSnapshot") == "true", c.form.Get("FinalDBSnapshotIdentifier")
	switch {
	case d.fields["DeletionProtection"] == "true":
		return nil, refuse(http.StatusBadRequest, "InvalidParameterCombination", "Cannot delete protected DB Instance, please disable deletion protection and try again.")
	case !skip && last == "":
		return nil, refuse(http.StatusBadRequest, "InvalidParameterCombination", "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
	case !skip && slices.Contains(c.databases().snapshots, last):
		return nil, refuse(http.StatusBadRequest, "DBSnapshotAlreadyExists", "Cannot create the snapshot because a snapshot with the identifier %s already exists.", last)
	}
	if !skip {
		c.databases().snapshots = append(c.databases().snapshots, last)
	}
	told := c.writeDatabase(d)
	delete(c.databases().instances, d.ID)
	return answerXML{el("DBInstance", told...)}, nil
}
