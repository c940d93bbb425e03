// The form is sent to the address that it was shown at, with where to go afterwards.
document.querySelector("form").action = location.pathname + location.search;
const why = new URLSearchParams(location.search);
for (const word of ["wrong", "busy", "unavailable"]) document.getElementById(word).hidden = !why.has(word);
