// The form is sent to the address that it was shown at, with where to go afterwards.
document.querySelector("form").action = location.pathname + location.search;
document.getElementById("wrong").hidden = !new URLSearchParams(location.search).has("wrong");
