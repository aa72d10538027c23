// A form that was interrupted by the end of a session goes on by itself; without this a button does it.

document.querySelector("[data-go-on]").requestSubmit();
