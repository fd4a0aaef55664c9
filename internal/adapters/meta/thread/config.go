package thread

// mapURL shows a place in a browser, and in the map app of a phone (Google Maps
// URLs, search).
const mapURL = "https://www.google.com/maps/search/?api=1&query="
