"""Four hours without the whole product, walked by a partner from the address of the site on."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.e2e.site.browser import Setting
from tests.e2e.site.reader import Reader, a_reader


class TestPartner:
    """His ERP sends stock and prices to the hub, which is down for four hours; he reads Portuguese, on his phone."""

    def test_reads_when_it_is_in_his_country_what_is_kept_and_what_he_sends_again(
        self, browser: Browser, demo: str
    ) -> None:
        with a_reader(browser, demo, Setting("en", 390, "dark"), "pt") as partner:
            partner.follows("Português")
            partner.follows("Manutenção")
            partner.follows("Parceiros de ERP e plataformas")

            self.before(partner)
            self.during(partner)
            self.after(partner)

    def before(self, partner: Reader) -> None:
        """He learns of it the evening before."""
        partner.goes_to("2024-07-27T20:00")

        partner.reads(
            "Manutenção planeada",
            "Atualização de toda a plataforma",
            "Planeada",
            "domingo, 28 de julho de 2024, 01:00 – 05:00 (UTC-3)",
            "Hora local de São Paulo",
            "No fuso horário desta página: 28 de julho de 2024, 06:00 – 10:00 UTC+2",
            "Afeta tudo.",
            "O que não é possível entretanto",
            "As existências e os preços que enviar entretanto não são processados."
            " Guardamos cada pedido e verificamo-lo depois à mão.",
            "Depois da manutenção",
            "Volte a enviar os preços e as existências dessas horas."
            " Nunca os carregamos nós, porque uma alteração poderia contar duas vezes.",
            "Não bloqueie as nossas notificações por algumas terem falhado durante a manutenção.",
            "Onde perguntar",
            "Apoio: https://support.example.com",
            "Pelo canal do seu plano.",
            "O que falha agora",
            "Não há nenhum problema em aberto.",
        )

    def during(self, partner: Reader) -> None:
        """Nothing is reachable; the page of the window says when it ends in each country, and how the work goes."""
        partner.goes_to("2024-07-28T08:30")
        partner.reads(
            "Em curso agora",
            "Atualização de toda a plataforma",
            "Em curso",
            "Afeta tudo. Interrupção grave",
            "Além da manutenção, não há nenhum problema em aberto.",
        )

        partner.follows("Atualização de toda a plataforma")

        partner.reads(
            "Em curso",
            "domingo, 28 de julho de 2024, 01:00 – 05:00 (UTC-3)",
            "Durante quatro horas nada fica acessível e nada é processado, nem as nossas próprias rotinas."
            " A nossa equipa trabalha durante todo esse tempo,"
            " e o que chegar entretanto é guardado e verificado depois.",
            "Quando é no seu país",
            "México",
            "sábado, 27 de julho de 2024, 22:00 – domingo, 28 de julho de 2024, 02:00 (UTC-6)",
            "Peru e Colômbia",
            "sábado, 27 de julho de 2024, 23:00 – domingo, 28 de julho de 2024, 03:00 (UTC-5)",
            "Chile",
            "domingo, 28 de julho de 2024, 00:00 – 04:00 (UTC-4)",
            "Brasil, Argentina e Uruguai",
            "domingo, 28 de julho de 2024, 01:00 – 05:00 (UTC-3)",
            "Atualizações",
            "28 de julho de 2024, 08:10 UTC+2",
            "Os novos servidores já funcionam; estamos a mudar as últimas contas.",
        )

    def after(self, partner: Reader) -> None:
        """It has ended; now he sends again what he sent in vain."""
        partner.goes_to("2024-07-28T10:30")
        partner.reads("Concluída", "Terminou a 28 de julho de 2024, 10:00 UTC+2.", "Afetou tudo.")

        partner.follows("Parceiros de ERP e plataformas")

        partner.reads(
            "Em curso agora",
            "Não há nenhuma em curso.",
            "Manutenção anterior",
            "Atualização de toda a plataforma",
            "Concluída",
            "Terminou a 28 de julho de 2024, 10:00 UTC+2.",
            "O que não foi possível entretanto",
            "Agora, depois da manutenção",
            "Volte a enviar os preços e as existências dessas horas."
            " Nunca os carregamos nós, porque uma alteração poderia contar duas vezes.",
            "Não bloqueie as nossas notificações por algumas terem falhado durante a manutenção.",
        )


class TestOwnClocks:
    def test_show_a_reader_elsewhere_the_time_in_the_words_of_the_page(self, browser: Browser, demo: str) -> None:
        context = browser.new_context(locale="pt", timezone_id="Europe/Lisbon")
        try:
            page = context.new_page()
            page.goto(f"{demo}/pt/maintenance")
            Reader(page, "pt").reads(
                "Manutenção das opções de entrega",
                "domingo, 3 de agosto de 2025, 00:00 – 03:00 (UTC+2)",
                "No seu horário: sábado, 2 de agosto de 2025, 23:00 – domingo, 3 de agosto de 2025, 02:00 (UTC+1)",
                "Atualização de toda a plataforma",
                "No seu horário: domingo, 28 de julho de 2024, 05:00 – 09:00 (UTC+1)",
            )
        finally:
            context.close()
