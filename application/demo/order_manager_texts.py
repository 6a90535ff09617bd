"""What was said after the data-centre failure of the order manager."""

from __future__ import annotations

from domain.text import Text

PROVIDER: Text = {"en": "Hosting provider", "es": "Proveedor de alojamiento", "pl": "Dostawca hostingu"}
REASON: Text = {"en": "A fire in the data centre.", "pl": "Pożar w centrum danych."}

RESTORED: Text = {
    "en": "Restored from the backup of 9 March; we are checking function after function.",
    "es": "Restaurado desde la copia del 9 de marzo; revisamos función por función.",
    "pl": "Przywrócono z kopii z 9 marca; sprawdzamy funkcję po funkcji.",
}
GAP: Text = {
    "en": "The system worked on 9 March, but shipments and invoices of that day are missing. Its orders are downloaded"
    " anew and look unprocessed: check each one before you send it.",
    "es": "El sistema funcionó el 9 de marzo, pero faltan los envíos y las facturas de ese día. Sus pedidos se"
    " descargan de nuevo y parecen sin tramitar: revise cada uno antes de enviarlo.",
    "pl": "System działał 9 marca, ale brakuje przesyłek i faktur z tego dnia. Zamówienia pobierają się ponownie i"
    " wyglądają na niezrealizowane: proszę sprawdzić każde przed wysyłką.",
}
WHOLE: Text = {
    "en": "The servers came back with all their data.",
    "es": "Los servidores han vuelto con todos sus datos.",
    "pl": "Serwery wróciły ze wszystkimi danymi.",
}
SOON: Text = {"en": "It comes soon.", "es": "Llegará pronto.", "pl": "Będzie wkrótce."}
SOME_DAYS: Text = {
    "en": "Shops and wholesalers: some days more.",
    "es": "Tiendas y mayoristas: unos días más.",
    "pl": "Sklepy i hurtownie: jeszcze kilka dni.",
}
SLOWER: Text = {
    "en": "Handing orders to shops works, slower than usual.",
    "es": "El traspaso de pedidos a las tiendas funciona, más lento de lo normal.",
    "pl": "Przekazywanie zamówień do sklepów działa, wolniej niż zwykle.",
}
NEW_SERIES: Text = {
    "en": "Invoices of 9 March are not visible.",
    "es": "Las facturas del 9 de marzo no se ven.",
    "pl": "Faktury z 9 marca są niewidoczne.",
}
NEW_SERIES_INSTEAD: Text = {
    "en": "Use a new number series.",
    "es": "Use una serie de numeración nueva.",
    "pl": "Proszę użyć nowej serii numeracji.",
}
REFUNDS: Text = {
    "en": "Switched off for the time being, lest anybody be paid twice.",
    "es": "Desactivada por ahora, para que nadie cobre dos veces.",
    "pl": "Na razie wyłączona, aby nikt nie otrzymał zwrotu dwa razy.",
}
OWN_FEED: Text = {
    "en": "Use the feed of your own shop until then.",
    "es": "Mientras tanto, use el feed de su propia tienda.",
    "pl": "Do tego czasu proszę użyć pliku z własnego sklepu.",
}
OLD_ITEMS: Text = {
    "en": "So that nobody is mailed or invoiced twice.",
    "es": "Para que nadie reciba dos correos ni dos facturas.",
    "pl": "Aby nikt nie dostał drugiej wiadomości ani faktury.",
}
NEVER_RUN: Text = {
    "en": "These actions are back since 15 March; what was due before will never run.",
    "es": "Estas acciones funcionan desde el 15 de marzo; lo anterior no se ejecutará nunca.",
    "pl": "Akcje działają od 15 marca; wcześniejsze nie zostaną wykonane.",
}
RECONNECT: Text = {
    "en": "Reconnect the marketplace, do not delete it: downloads then begin with the oldest missing order.",
    "es": "Reconecte el marketplace, no lo elimine: la descarga empezará por el pedido más antiguo que falte.",
    "pl": "Proszę połączyć marketplace ponownie, nie usuwać: pobieranie zacznie się od najstarszego brakującego"
    " zamówienia.",
}
CHECK_EACH: Text = {
    "en": "Check each order of 9 March by hand: the shipment numbers that the marketplace has tell what was sent.",
    "es": "Revise a mano cada pedido del 9 de marzo: los números de envío del marketplace dicen qué se envió.",
    "pl": "Proszę ręcznie sprawdzić każde zamówienie z 9 marca: numery przesyłek z marketplace mówią, co wysłano.",
}
NO_BLOCKS: Text = {
    "en": "A payment made on 9 March is not visible; no account is blocked for it meanwhile.",
    "es": "Un pago hecho el 9 de marzo no se ve; mientras tanto no se bloquea ninguna cuenta.",
    "pl": "Płatność z 9 marca jest niewidoczna; żadne konto nie będzie w tym czasie blokowane.",
}
TEMPORARY: Text = {
    "en": "Open a free temporary account under another login and connect your shops there.",
    "es": "Abra una cuenta temporal gratuita con otro usuario y conecte allí sus tiendas.",
    "pl": "Proszę założyć bezpłatne konto tymczasowe z innym loginem i podłączyć tam sklepy.",
}
JOINING: Text = {
    "en": "Joining the two accounts is assisted, not automatic, because numbers of orders and invoices differ.",
    "es": "Unir las dos cuentas es asistido, no automático: los números de pedidos y facturas difieren.",
    "pl": "Łączenie kont odbywa się z pomocą, nie automatycznie, bo numery zamówień i faktur się różnią.",
}
FREE: Text = {
    "en": "Free until the panel runs and the data has been joined.",
    "es": "Gratis hasta que el panel funcione y los datos estén unidos.",
    "pl": "Bezpłatnie do uruchomienia panelu i połączenia danych.",
}
ALL_BACK: Text = {
    "en": "Everything works again. Automatic actions still leave out orders created before 11 March.",
    "es": "Todo vuelve a funcionar. Las acciones automáticas siguen omitiendo los pedidos anteriores al 11 de marzo.",
    "pl": "Wszystko działa. Akcje automatyczne nadal pomijają zamówienia sprzed 11 marca.",
}
