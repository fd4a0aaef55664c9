package meta

// Apps lists the apps by their ids, with their secrets: for a simulator that
// stands beside this one and signs as they do.
func (s *Server) Apps() []App { return list(s, s.apps) }
