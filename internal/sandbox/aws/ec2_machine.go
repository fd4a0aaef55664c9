package aws

func machineCalls() map[string]handler {
	return map[string]handler{
		"CreateVolume": createVolume, "DescribeVolumes": describe("volume", "VolumeId", "volumeSet"), "DeleteVolume": remove("volume", "VolumeId"),
		"DescribeNetworkInterfaces": func(*call) (any, error) { return answerXML{el("networkInterfaceSet")}, nil },
	}
}

func createVolume(c *call) (any, error) {
	id := c.account.name("vol")
	made := c.keep("volume", id, map[string]string{"volume-id": id}, say("volumeId", id), say("size", c.form.Get("Size")), say("availabilityZone", c.form.Get("AvailabilityZone")),
		say("status", "available"), say("volumeType", c.form.Get("VolumeType")), say("encrypted", c.form.Get("Encrypted") == "true" || c.ec2().sealed), some("kmsKeyId", c.form.Get("KmsKeyId")),
		some("iops", c.form.Get("Iops")), some("throughput", c.form.Get("Throughput")), say("multiAttachEnabled", false), el("attachmentSet"), say("createTime", c.server.config.Now()))
	return answerXML(made.write()), nil
}
