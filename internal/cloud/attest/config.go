package attest

// statementType is the type of in-toto's statements; a name, never called.
const statementType = "https://in-toto.io/Statement/v1"
