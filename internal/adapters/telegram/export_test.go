package telegram

// Outbounds lets tests from outside send what the other tests render.
var Outbounds = outbounds

// PublicWeb has a picture at every address.
type PublicWeb = web
