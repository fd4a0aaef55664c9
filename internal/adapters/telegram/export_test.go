package telegram

// Outbounds lets the conformance test send what the other tests render.
var Outbounds = outbounds
