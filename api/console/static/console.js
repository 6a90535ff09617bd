// Fills in the zone of the browser, counts down to moments, and leads the eye to what is wrong with a form.
for (const field of document.querySelectorAll("[data-own-zone]")) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
document.querySelector("[data-focus]")?.focus();
