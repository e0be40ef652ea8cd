"""What pages say that stand in a front page's place, in many languages: challenges, consent walls, errors, shells."""

import re
from typing import Final

CHALLENGE: Final = re.compile(
    r"just a moment|attention required|checking (?:if the site connection|your browser)|"
    r"verify(?:ing)? (?:that )?you(?:'|’)?(?: are|re) (?:a |not )?(?:human|a robot)|"
    r"are you a (?:human|robot)|i(?:'|’)?m not a robot|unusual (?:traffic|activity)|"
    r"access (?:to this page )?(?:has been )?(?:denied|blocked)|security check|"
    r"ddos protection|bot detection|captcha|enable javascript and cookies to continue|request unsuccessful|"
    r"sind sie ein (?:mensch|roboter)|kein roboter|sicherheits(?:ü|ue)berpr(?:ü|ue)fung|ungew(?:ö|"
    r"oe)hnliche (?:zugriffe|aktivit)|"
    r"êtes-vous un (?:humain|robot)|n['’]êtes pas un robot|vérification de sécurité|eres (?:un )?(?:humano|"
    r"robot)|no eres un robot|verificación de seguridad|"
    r"não é um rob|sei un (?:umano|robot)|non sei un robot|bent u een (?:mens|robot)|не робот|"
    r"проверка (?:браузера|безопасности)|验证您是|人机验证|安全验证|滑块|ロボットではありません|"
    r"not a bot|press (?:and|&) hold|proof[- ]of[- ]work|requested url was rejected|validating your|"
    r"waiting room|you are (?:now )?in (?:the )?(?:line|queue)|warteraum|file d'attente|sala de espera|"
    r"bekræft at du er|nie jestem robotem|nejsem robot|robot olmad|로봇이 아닙니다|لست روبوت",
    re.IGNORECASE,
)
CHALLENGE_MARKS: Final = (
    "challenge-platform", "cf-chl", "cf_chl", "captcha-delivery", "px-captcha", "_incapsula_",
    "g-recaptcha", "hcaptcha.com",
    "/_sec/cp_challenge", "awswafcookiedomainlist", "ddos-guard", "queue-it", "/ips.js", "anubis", "smartcaptcha",
)  # fmt: skip
CONSENT: Final = re.compile(
    r"cookie|consent|gdpr|your privacy|privacy (?:choices|settings)|datenschutz|einwilligung|zustimm|privatsph|"
    r"confidentialité|consentement|traceurs|privacidad|consentimiento|consenso|informativa|privacidade|consentimento|"
    r"toestemming|privacyinstelling|samtyck|samtykke|evästee|zgod|prywatno|souhlas|súhlas|súkrom|sütik?|adatvéd|"
    r"hozzájárul|consimț|confidențial|συγκατάθεσ|απ[οό]ρρ[ηή]τ|çerez|gizlili|kolačić|privatnost|pristanak|piškot|"
    r"zasebnost|privolit|slapuk|privatum|бисквит|поверителност|приватн|згод|согласи|конфиденциальност|쿠키|개인정보|"
    r"同意|隐私|プライバシー|موافق|الخصوصية",
    re.IGNORECASE,
)
ACCEPT: Final = re.compile(
    r"accept|agree|allow all|reject|manage (?:options|preferences|settings)|akzeptier|zustimmen|ablehnen|"
    r"einverstanden|werbefrei|"
    r"accepter|refuser|j'accepte|aceptar|rechazar|accetta|rifiuta|aceitar|rejeitar|akkoord|accepteren|weiger|godkänn|"
    r"godta|hyväksy|akceptuj|zgadzam|przejdź do serwisu|přijmout|souhlasím|kabul|elfogad|"
    r"sunt de acord|συμφων|αποδ[έε]χ|prihva|приема|sprejm|strinjam|prijať|prijíma|sutink|погодж|동의|"
    r"принять|соглас|接受|同意する|同意|أوافق|قبول",
    re.IGNORECASE,
)
ERROR: Final = re.compile(
    # A number that counts something is none: "500 people forced from their homes", "$500," "500,000", "500-year flood".
    r"\b(?:http|error|fehler|erreur|errore?|status|ошибка|page|seite|p[áa]gina)(?:\W?code)?\W{0,3}"
    r"(?:404|403|410|50[0234])\b|"
    r"(?<!\w )(?<![$€£¥])(?<![$€£¥]\s)\b(?:404|403|410|50[0234])"
    r"(?=$|(?![%°]|[.,]\d|-(?!error|fehler|erreur)\w)(?:\W{2}|[^\w\s]))|"
    r"not found|page (?:can(?:no|['’])t|could not) be found|"
    r"no longer (?:available|exists)|upstream (?:connect|request)|no healthy upstream|connection (?:refused|timed out)|"
    r"(?:internal )?server error|bad gateway|service unavailable|temporarily unavailable|"
    r"gateway time-?out|something went wrong|forbidden|"
    r"under maintenance|scheduled maintenance|error establishing a database|site (?:is )?(?:offline|down)|"
    r"nicht gefunden|seite existiert nicht|fehler aufgetreten|wartungsarbeiten|nicht (?:verf(?:ü|ue)gbar|erreichbar)|"
    r"introuvable|page n['’]existe|erreur|indisponible|en maintenance|no encontrad|no existe|"
    r"error del servidor|en mantenimiento|no disponible|"
    r"non trovata|non esiste|errore|in manutenzione|não encontrad|não existe|erro interno|em manutenção|"
    r"niet gevonden|bestaat niet|onderhoud|"
    r"hittades inte|ikke fundet|ikke funnet|nie znaleziono|nenalezena|не найден|ошибка|технические работы|недоступ|"
    r"nie ma takiej|nie znaleźli|nie istnieje|neexistuje|něco se pokazilo|gik galt|gikk galt|gick fel|findes ikke|"
    r"finnes ikke|ei löy|meni pieleen|nem található|nu a fost găsit|ters gitti|bulunamadı|δεν βρέθηκε|"
    r"не знайдено|помилка|no encontramos|sali[óo] mal|deu errado|ging iets mis|tidak ditemukan|không tìm thấy|"
    r"गड़बड़|तकनीकी समस्या|"
    r"찾을 수 없|エラーが|לא נמצא|account suspended|unavailable (?:due to|for) legal|"
    r"not available in your (?:region|country)|"
    r"under construction|w budowie|it works!?$|index of /|domain is for sale|website is for sale|"
    r"页面不存在|找不到|无法找到|服务器错误|ページが見つかりません|غير موجودة|خطأ",
    re.IGNORECASE,
)
ERROR_TITLE: Final = re.compile(r"\b(?:40[34]|410|50[234])\W*$")  # 500 ends names: "Fortune 500"
SCRIPTED: Final = re.compile(
    r"enable javascript|javascript (?:is )?(?:required|disabled)|need to enable|turn on javascript|"
    r"javascript (?:aktivieren|einschalten)|"
    r"activ(?:er|ez) javascript|activa(?:r)? javascript|abilita(?:re)? javascript|ative o javascript|"
    r"включите javascript|启用 ?javascript|javascript staat uit|(?:browser|webbläsare|navegador|navigateur) [^.]{0,20}"
    r"(?:out of date|not supported|stöds inte|för gammal|obsolet)",
    re.IGNORECASE,
)


# What a page asks before it shows anything else.
ASKS: Final = re.compile(
    r"(?:choose|select|pick) your (?:edition|country|region)|(?:wählen sie|wähle) (?:ihre|deine) (?:ausgabe|region)|"
    r"choisissez votre (?:édition|pays|région)|eli(?:ge|ja) (?:tu|su) (?:edición|país)|"
    r"(?:register|sign in|log ?in|subscribe)\b[^.]{0,30} to (?:continue|keep reading|read (?:on|this|the rest))|"
    r"(?:anmelden|registrieren)[^.]{0,20} (?:weiterlesen|weiterzulesen)|"
    r"(?:inscrivez|connectez)-vous pour (?:lire|continuer)|"
    r"reg[íi]strate (?:gratis )?para|accedi per (?:leggere|continuare)|inicie sessão para",
    re.IGNORECASE,
)
