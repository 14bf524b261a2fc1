// Starts Redoc. Its own search runs in a worker made from text, which the page's policy refuses; the browser's search
// finds everything, for the whole contract is on the page.
Redoc.init("openapi.json", { disableSearch: true }, document.getElementById("redoc"));
