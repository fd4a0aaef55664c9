package telegram

// Outbounds lets the conformance test send what the other tests render.
var Outbounds = outbounds

// Shopping gives the messages of a purchase to tests from outside.
var Shopping = shopping
