package aws_test

import (
	"slices"
	"testing"
	"time"
)

// twoZones are the steps that make a network with subnets in two zones, and
// a group of rules.
var twoZones = []step{
	{"ec2", "Action=CreateVpc&CidrBlock=10.16.0.0/18", "", 0, nil},
	{"ec2", "Action=CreateSecurityGroup&VpcId={vpc}&GroupName=db&GroupDescription=d", "", 0, nil},
	{"ec2", "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.16.0.0/24&AvailabilityZone=sa-east-1a", "", 0, nil},
	{"ec2", "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.16.1.0/24&AvailabilityZone=sa-east-1b", "", 0, nil},
}

func TestADatabaseIsReadAsItWasMade(t *testing.T) {
	const subnets = "&SubnetIds.SubnetIdentifier.1={subnet}&SubnetIds.SubnetIdentifier.2={subnet2}"
	const group = "Action=CreateDBSubnetGroup&DBSubnetGroupName=massivo-dev-db&DBSubnetGroupDescription=d&Tags.Tag.1.Key=owner&Tags.Tag.1.Value=p"
	const parameters = "Action=CreateDBParameterGroup&DBParameterGroupName=pg&Description=d&DBParameterGroupFamily="
	const setting = "Action=ModifyDBParameterGroup&DBParameterGroupName=pg&Parameters.Parameter.1.ParameterName="
	const create = "Action=CreateDBInstance&DBInstanceIdentifier=massivo-dev-db&DBInstanceClass=db.t4g.micro&Engine=postgres&EngineVersion=17&DBSubnetGroupName=massivo-dev-db&DBParameterGroupName=pg" +
		"&AllocatedStorage=20&MaxAllocatedStorage=80&StorageType=gp3&MasterUsername=prosa_admin&ManageMasterUserPassword=true&DeletionProtection=true" +
		"&VpcSecurityGroupIds.VpcSecurityGroupId.1={sg}&EnableCloudwatchLogsExports.member.1=postgresql&Tags.Tag.1.Key=owner&Tags.Tag.1.Value=p"
	const show, modify = "Action=DescribeDBInstances&DBInstanceIdentifier=massivo-dev-db", "Action=ModifyDBInstance&DBInstanceIdentifier=massivo-dev-db"
	const remove = "Action=DeleteDBInstance&DBInstanceIdentifier=massivo-dev-db"
	newCloud(t).tell(t, dev, slices.Concat(twoZones, []step{
		{"rds", group + "&SubnetIds.SubnetIdentifier.1={subnet}", "", 400, []string{"DBSubnetGroupDoesNotCoverEnoughAZs"}},
		{"rds", group + "&SubnetIds.SubnetIdentifier.1=subnet-nowhere", "", 400, []string{"InvalidSubnet"}},
		{"rds", group + subnets, "", 0, []string{"<VpcId>{vpc}</VpcId>", "sa-east-1b"}},
		{"rds", "Action=ListTagsForResource&ResourceName=arn:aws:rds:sa-east-1:" + dev + ":subgrp:massivo-dev-db", "", 0, []string{"<Key>owner</Key>"}},

		{"rds", parameters + "postgres7", "", 400, []string{"not a valid parameter group family"}},
		{"rds", parameters + "postgres16", "", 0, nil},
		{"rds", create, "", 400, []string{"can&#39;t be used for this instance"}},
		{"rds", "Action=DeleteDBParameterGroup&DBParameterGroupName=pg", "", 0, nil},
		{"rds", parameters + "postgres17", "", 0, nil},
		{"rds", setting + "max_connections&Parameters.Parameter.1.ParameterValue=9&Parameters.Parameter.1.ApplyMethod=immediate", "", 400, []string{"static parameter"}},
		{"rds", setting + "log_everything&Parameters.Parameter.1.ParameterValue=1&Parameters.Parameter.1.ApplyMethod=immediate", "", 400, []string{"Could not find parameter"}},
		{"rds", setting + "log_lock_waits&Parameters.Parameter.1.ParameterValue=1&Parameters.Parameter.1.ApplyMethod=immediate", "", 0, nil},
		{"rds", "Action=DescribeDBParameters&DBParameterGroupName=pg&Source=user", "", 0, []string{"<ParameterName>log_lock_waits</ParameterName><ParameterValue>1<"}},
		{"rds", "Action=DescribeDBParameters&DBParameterGroupName=other", "", 404, []string{"DBParameterGroupNotFound"}},

		{"rds", create + "&KmsKeyId=nobody&StorageEncrypted=true", "", 400, []string{"KMSKeyNotAccessibleFault"}},
		{"rds", create + "&EnablePerformanceInsights=true", "", 400, []string{"Performance Insights not supported"}},
		{"rds", create + "&PreferredBackupWindow=05:00-06:00&PreferredMaintenanceWindow=sun:05:30-sun:06:30", "", 400, []string{"must not overlap"}},
		{"rds", create + "&BackupRetentionPeriod=40", "", 400, []string{"backup retention period"}},
		{"rds", create, "", 0, []string{"creating", "<EngineVersion>17.", "rds!db-", "<MaxAllocatedStorage>80<"}},
	}))
	c := newCloud(t)
	c.tell(t, dev, slices.Concat(twoZones, []step{
		{"rds", group + subnets, "", 0, nil},
		{"rds", parameters + "postgres17", "", 0, nil},
		{"rds", create, "", 0, nil},
		{"rds", modify + "&AllocatedStorage=30", "", 400, []string{"InvalidDBInstanceState"}},
	}))
	c.later(6 * time.Minute)
	c.tell(t, dev, []step{
		{"rds", show, "", 0, []string{"<Iops>3000<", "<PubliclyAccessible>false<", "<member>postgresql</member>", "<DBParameterGroupName>pg<", ".rds.amazonaws.com<", "<Key>owner<"}},
		{"rds", modify + "&AllocatedStorage=90", "", 400, []string{"at least 10%"}},
		{"rds", modify + "&EngineVersion=16", "", 400, []string{"AllowMajorVersionUpgrade"}},
		{"rds", modify + "&AllocatedStorage=30", "", 0, []string{"<AllocatedStorage>30<"}},
		{"rds", "Action=DeleteDBSubnetGroup&DBSubnetGroupName=massivo-dev-db", "", 400, []string{"still using it"}},
		{"rds", remove + "&FinalDBSnapshotIdentifier=last", "", 400, []string{"Cannot delete protected"}},
		{"rds", modify + "&DeletionProtection=false", "", 0, nil},
		{"rds", remove, "", 400, []string{"FinalDBSnapshotIdentifier is required"}},
		{"rds", remove + "&FinalDBSnapshotIdentifier=last", "", 0, nil},
		{"rds", "Action=DeleteDBSubnetGroup&DBSubnetGroupName=massivo-dev-db", "", 0, nil},
		{"rds", show, "", 404, []string{"DBInstanceNotFound"}},
	})
}
