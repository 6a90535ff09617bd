"""The sentences about public changes in each language, by their English wording."""

from __future__ import annotations

from application.languages import look_up

WORDS: dict[str, dict[str, str]] = {
    "es": {
        "New incident: {title}.": "Nuevo incidente: {title}.",
        "An incident that is over was added: {title}.": "Se ha añadido un incidente que ya terminó: {title}.",
        "We are looking into it: {title}.": "Lo estamos investigando: {title}.",
        "We know the cause and are working on it: {title}.": (
            "Conocemos la causa y estamos trabajando en ello: {title}."
        ),
        "A fix is in place, and we are watching it: {title}.": (
            "Hemos aplicado una solución y seguimos atentos: {title}."
        ),
        "There is news about this incident, which is solved: {title}.": (
            "Hay novedades sobre este incidente, ya resuelto: {title}."
        ),
        "There is news about this false alarm: {title}.": "Hay novedades sobre esta falsa alarma: {title}.",
        "We expect it to be solved by {expected_at}.": "Esperamos que esté resuelto para el {expected_at}.",
        "Solved: {title}.": "Resuelto: {title}.",
        "The problem is back: {title}.": "El problema ha vuelto: {title}.",
        "This was a false alarm: {title}.": "Fue una falsa alarma: {title}.",
        "We corrected what we had said about this incident: {title}.": (
            "Hemos corregido lo que habíamos dicho sobre este incidente: {title}."
        ),
        "There is now a report on what happened: {title}.": "Ya hay un informe sobre lo ocurrido: {title}.",
        "Everything that was held up has been dealt with: {title}.": (
            "Todo lo que había quedado retenido ya está atendido: {title}."
        ),
        "Maintenance announced: {title}, from {starts_at} to {ends_at}.": (
            "Mantenimiento anunciado: {title}, del {starts_at} al {ends_at}."
        ),
        "Maintenance moved: {title}, now from {starts_at} to {ends_at}.": (
            "El mantenimiento cambia de fecha: {title}, ahora del {starts_at} al {ends_at}."
        ),
        "The plan for this maintenance has changed: {title}.": "Ha cambiado el plan de este mantenimiento: {title}.",
        "There is news about this maintenance: {title}.": "Hay novedades sobre este mantenimiento: {title}.",
        "Maintenance has begun: {title}, until {ends_at}.": (
            "Ha empezado el mantenimiento: {title}, hasta el {ends_at}."
        ),
        "Maintenance now lasts until {ends_at}: {title}.": "El mantenimiento dura ahora hasta el {ends_at}: {title}.",
        "The planned time is over, and we are checking the work: {title}.": (
            "El tiempo previsto ha terminado y estamos comprobando el trabajo: {title}."
        ),
        "Maintenance is over: {title}.": "El mantenimiento ha terminado: {title}.",
        "Maintenance is over, and what it changed was undone: {title}.": (
            "El mantenimiento ha terminado y se han deshecho los cambios: {title}."
        ),
        "Maintenance will not take place: {title}.": "El mantenimiento se ha cancelado: {title}.",
        "{panel}: access is lost.": "{panel}: se ha perdido el acceso.",
        "{panel}: access is back.": "{panel}: se ha recuperado el acceso.",
        "{panel}: the restoration is complete.": "{panel}: la recuperación ha terminado.",
        "{panel}: there is news about the restoration.": "{panel}: hay novedades sobre la recuperación.",
        "{panel}: details of the restoration have changed.": "{panel}: han cambiado detalles de la recuperación.",
        "{panel}: {promised_by} promises access for {promised_for}.": (
            "{panel}: {promised_by} promete el acceso para el {promised_for}."
        ),
        "{panel}: access was promised for {promised_for} and is not back yet.": (
            "{panel}: el acceso estaba prometido para el {promised_for} y todavía no se ha recuperado."
        ),
        "{panel}: we now know how recent the restored data is.": (
            "{panel}: ya sabemos de cuándo son los datos recuperados."
        ),
        "{panel}: there is a new report on how many accounts are restored.": (
            "{panel}: hay un nuevo informe sobre cuántas cuentas se han recuperado."
        ),
        "{panel}: there is a new instruction for account owners.": (
            "{panel}: hay una nueva indicación para quienes tienen una cuenta."
        ),
        "{panel}: an instruction for account owners no longer applies.": (
            "{panel}: una indicación para quienes tienen una cuenta ya no es válida."
        ),
        "{panel}: everything that was held up has been dealt with.": (
            "{panel}: todo lo que había quedado retenido ya está atendido."
        ),
        "{panel}: {capability} is available.": "{panel}: {capability} está disponible.",
        "{panel}: {capability} works with restrictions.": "{panel}: {capability} funciona con limitaciones.",
        "{panel}: we have switched off {capability} for now.": "{panel}: hemos desactivado {capability} por ahora.",
        "{panel}: {capability} is not available.": "{panel}: {capability} no está disponible.",
        "{panel}: it is not known whether {capability} works.": "{panel}: no se sabe si funciona {capability}.",
        "{name} is now on this page: {after}.": "{name} aparece ahora en esta página: {after}.",
        "{name} is no longer on this page.": "{name} ya no aparece en esta página.",
        "{name}: {after}, before: {before}.": "{name}: {after}, antes: {before}.",
        "{name}: {after}, before: {before} – {title}.": "{name}: {after}, antes: {before} – {title}.",
        "operational": "operativo",
        "status not known": "estado desconocido",
        "under maintenance": "en mantenimiento",
        "degraded performance": "rendimiento reducido",
        "partial outage": "interrupción parcial",
        "major outage": "interrupción grave",
    },
    "pl": {
        "New incident: {title}.": "Nowy incydent: {title}.",
        "An incident that is over was added: {title}.": "Dodano incydent, który już się zakończył: {title}.",
        "We are looking into it: {title}.": "Badamy przyczynę: {title}.",
        "We know the cause and are working on it: {title}.": "Znamy przyczynę i pracujemy nad rozwiązaniem: {title}.",
        "A fix is in place, and we are watching it: {title}.": (
            "Wprowadziliśmy poprawkę i obserwujemy sytuację: {title}."
        ),
        "There is news about this incident, which is solved: {title}.": (
            "Są nowe informacje o tym rozwiązanym już incydencie: {title}."
        ),
        "There is news about this false alarm: {title}.": "Są nowe informacje o tym fałszywym alarmie: {title}.",
        "We expect it to be solved by {expected_at}.": "Przewidywany czas rozwiązania: {expected_at}.",
        "Solved: {title}.": "Rozwiązane: {title}.",
        "The problem is back: {title}.": "Problem powrócił: {title}.",
        "This was a false alarm: {title}.": "To był fałszywy alarm: {title}.",
        "We corrected what we had said about this incident: {title}.": (
            "Poprawiliśmy wcześniejsze informacje o tym incydencie: {title}."
        ),
        "There is now a report on what happened: {title}.": "Opublikowaliśmy raport o tym, co się stało: {title}.",
        "Everything that was held up has been dealt with: {title}.": (
            "Wszystko, co zostało wstrzymane, jest już załatwione: {title}."
        ),
        "Maintenance announced: {title}, from {starts_at} to {ends_at}.": (
            "Zapowiedziano prace konserwacyjne: {title}, od {starts_at} do {ends_at}."
        ),
        "Maintenance moved: {title}, now from {starts_at} to {ends_at}.": (
            "Zmieniono termin prac konserwacyjnych: {title}, teraz od {starts_at} do {ends_at}."
        ),
        "The plan for this maintenance has changed: {title}.": "Zmienił się plan tych prac konserwacyjnych: {title}.",
        "There is news about this maintenance: {title}.": "Są nowe informacje o tych pracach konserwacyjnych: {title}.",
        "Maintenance has begun: {title}, until {ends_at}.": (
            "Rozpoczęły się prace konserwacyjne: {title}, do {ends_at}."
        ),
        "Maintenance now lasts until {ends_at}: {title}.": "Prace konserwacyjne potrwają do {ends_at}: {title}.",
        "The planned time is over, and we are checking the work: {title}.": (
            "Zaplanowany czas minął, sprawdzamy wynik prac: {title}."
        ),
        "Maintenance is over: {title}.": "Prace konserwacyjne zakończone: {title}.",
        "Maintenance is over, and what it changed was undone: {title}.": (
            "Prace konserwacyjne zakończone, zmiany zostały wycofane: {title}."
        ),
        "Maintenance will not take place: {title}.": "Prace konserwacyjne nie odbędą się: {title}.",
        "{panel}: access is lost.": "{panel}: brak dostępu.",
        "{panel}: access is back.": "{panel}: dostęp został przywrócony.",
        "{panel}: the restoration is complete.": "{panel}: przywracanie zostało zakończone.",
        "{panel}: there is news about the restoration.": "{panel}: są nowe informacje o przywracaniu.",
        "{panel}: details of the restoration have changed.": "{panel}: zmieniły się szczegóły przywracania.",
        "{panel}: {promised_by} promises access for {promised_for}.": (
            "{panel}: {promised_by} obiecuje dostęp na {promised_for}."
        ),
        "{panel}: access was promised for {promised_for} and is not back yet.": (
            "{panel}: dostęp obiecano na {promised_for}, ale nadal go nie ma."
        ),
        "{panel}: we now know how recent the restored data is.": "{panel}: wiadomo już, z kiedy są odzyskane dane.",
        "{panel}: there is a new report on how many accounts are restored.": (
            "{panel}: jest nowy raport o liczbie przywróconych kont."
        ),
        "{panel}: there is a new instruction for account owners.": (
            "{panel}: jest nowa instrukcja dla właścicieli kont."
        ),
        "{panel}: an instruction for account owners no longer applies.": (
            "{panel}: jedna z instrukcji dla właścicieli kont już nie obowiązuje."
        ),
        "{panel}: everything that was held up has been dealt with.": (
            "{panel}: wszystko, co zostało wstrzymane, jest już załatwione."
        ),
        "{panel}: {capability} is available.": "{panel}: {capability} – działa.",
        "{panel}: {capability} works with restrictions.": "{panel}: {capability} – działa z ograniczeniami.",
        "{panel}: we have switched off {capability} for now.": "{panel}: {capability} – na razie wyłączone przez nas.",
        "{panel}: {capability} is not available.": "{panel}: {capability} – nie działa.",
        "{panel}: it is not known whether {capability} works.": "{panel}: {capability} – nie wiadomo, czy działa.",
        "{name} is now on this page: {after}.": "Na tej stronie pojawia się teraz {name}: {after}.",
        "{name} is no longer on this page.": "Na tej stronie nie ma już pozycji: {name}.",
        "{name}: {after}, before: {before}.": "{name}: {after}, wcześniej: {before}.",
        "{name}: {after}, before: {before} – {title}.": "{name}: {after}, wcześniej: {before} – {title}.",
        "operational": "działa",
        "status not known": "stan nieznany",
        "under maintenance": "prace konserwacyjne",
        "degraded performance": "obniżona wydajność",
        "partial outage": "częściowa awaria",
        "major outage": "poważna awaria",
    },
    "pt": {
        "New incident: {title}.": "Novo incidente: {title}.",
        "An incident that is over was added: {title}.": "Foi acrescentado um incidente já terminado: {title}.",
        "We are looking into it: {title}.": "Estamos a investigar: {title}.",
        "We know the cause and are working on it: {title}.": "Conhecemos a causa e estamos a resolver: {title}.",
        "A fix is in place, and we are watching it: {title}.": "Aplicámos uma correção e continuamos atentos: {title}.",
        "There is news about this incident, which is solved: {title}.": (
            "Há novidades sobre este incidente, já resolvido: {title}."
        ),
        "There is news about this false alarm: {title}.": "Há novidades sobre este falso alarme: {title}.",
        "We expect it to be solved by {expected_at}.": "Contamos que esteja resolvido até {expected_at}.",
        "Solved: {title}.": "Resolvido: {title}.",
        "The problem is back: {title}.": "O problema voltou: {title}.",
        "This was a false alarm: {title}.": "Foi um falso alarme: {title}.",
        "We corrected what we had said about this incident: {title}.": (
            "Corrigimos o que tínhamos dito sobre este incidente: {title}."
        ),
        "There is now a report on what happened: {title}.": "Já há um relatório sobre o que aconteceu: {title}.",
        "Everything that was held up has been dealt with: {title}.": (
            "Tudo o que tinha ficado retido já foi tratado: {title}."
        ),
        "Maintenance announced: {title}, from {starts_at} to {ends_at}.": (
            "Manutenção anunciada: {title}, de {starts_at} a {ends_at}."
        ),
        "Maintenance moved: {title}, now from {starts_at} to {ends_at}.": (
            "A manutenção mudou de data: {title}, agora de {starts_at} a {ends_at}."
        ),
        "The plan for this maintenance has changed: {title}.": "O plano desta manutenção mudou: {title}.",
        "There is news about this maintenance: {title}.": "Há novidades sobre esta manutenção: {title}.",
        "Maintenance has begun: {title}, until {ends_at}.": "A manutenção começou: {title}, até {ends_at}.",
        "Maintenance now lasts until {ends_at}: {title}.": "A manutenção dura agora até {ends_at}: {title}.",
        "The planned time is over, and we are checking the work: {title}.": (
            "O tempo previsto terminou e estamos a verificar o trabalho: {title}."
        ),
        "Maintenance is over: {title}.": "A manutenção terminou: {title}.",
        "Maintenance is over, and what it changed was undone: {title}.": (
            "A manutenção terminou e as alterações foram desfeitas: {title}."
        ),
        "Maintenance will not take place: {title}.": "A manutenção foi cancelada: {title}.",
        "{panel}: access is lost.": "{panel}: não há acesso.",
        "{panel}: access is back.": "{panel}: o acesso está de volta.",
        "{panel}: the restoration is complete.": "{panel}: a recuperação está concluída.",
        "{panel}: there is news about the restoration.": "{panel}: há novidades sobre a recuperação.",
        "{panel}: details of the restoration have changed.": "{panel}: mudaram pormenores da recuperação.",
        "{panel}: {promised_by} promises access for {promised_for}.": (
            "{panel}: {promised_by} promete o acesso para {promised_for}."
        ),
        "{panel}: access was promised for {promised_for} and is not back yet.": (
            "{panel}: o acesso estava prometido para {promised_for} e ainda não voltou."
        ),
        "{panel}: we now know how recent the restored data is.": (
            "{panel}: já sabemos de quando são os dados recuperados."
        ),
        "{panel}: there is a new report on how many accounts are restored.": (
            "{panel}: há um novo relatório sobre quantas contas foram recuperadas."
        ),
        "{panel}: there is a new instruction for account owners.": (
            "{panel}: há uma nova instrução para os titulares de contas."
        ),
        "{panel}: an instruction for account owners no longer applies.": (
            "{panel}: uma instrução para os titulares de contas deixou de ser válida."
        ),
        "{panel}: everything that was held up has been dealt with.": (
            "{panel}: tudo o que tinha ficado retido já foi tratado."
        ),
        "{panel}: {capability} is available.": "{panel}: {capability} está disponível.",
        "{panel}: {capability} works with restrictions.": "{panel}: {capability} funciona com limitações.",
        "{panel}: we have switched off {capability} for now.": "{panel}: desligámos {capability} por agora.",
        "{panel}: {capability} is not available.": "{panel}: {capability} não está disponível.",
        "{panel}: it is not known whether {capability} works.": "{panel}: não se sabe se {capability} funciona.",
        "{name} is now on this page: {after}.": "{name} está agora nesta página: {after}.",
        "{name} is no longer on this page.": "{name} já não está nesta página.",
        "{name}: {after}, before: {before}.": "{name}: {after}, antes: {before}.",
        "{name}: {after}, before: {before} – {title}.": "{name}: {after}, antes: {before} – {title}.",
        "operational": "operacional",
        "status not known": "estado desconhecido",
        "under maintenance": "em manutenção",
        "degraded performance": "desempenho reduzido",
        "partial outage": "interrupção parcial",
        "major outage": "interrupção grave",
    },
}


def translated(sentence: str, language: str) -> str:
    """Give an English sentence in a language; in English, where there are no words in that one."""
    found = look_up(language, WORDS)
    return sentence if found is None else WORDS[found].get(sentence, sentence)
