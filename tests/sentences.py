"""Sentences of five languages for tests, made from frames and fillings: 60 or more each."""

from itertools import product

_FRAMES = {
    "en": (
        (
            "The credit card of {0} doesn't work in the {1}.",
            "How many {0} are there in the United States' {1}?",
            "“{0}” is the best-known {1}, isn't it?",
            "See https://example.org/{0} or write to {0}@{1}.example!",
            "STATE-OF-THE-ART {0}: a house,\ta {1} and health  insurance",
            "What is a {0} program for the {1}?",
        ),
        (
            ("my brother", "old city"),
            ("naïve users", "café"),
            ("O'Brien", "river"),
            ("the White House", "hospital"),
            ("water", "school year"),
            ("New York", "e-mail"),
            ("students", "21st century"),
            ("people", "weather today"),
            ("time", "market"),
            ("a doctor", "high school"),
            ("data", "computer science"),
        ),
    ),
    "de": (
        (
            "Die Straße zu {0} führt über {1}.",
            "Wie viele {0} gibt es in {1}?",
            "„{0}“ heißt auf Englisch nicht {1}!",
            "Mehr dazu unter www.beispiel.de/{0} – {1} inbegriffen.",
            "DIE GROẞE STRASSE: {0}, {1} UND KÄSE",
            "{0}- und {1}preise steigen, sagt man’s so?",
        ),
        (
            ("Häuser", "München"),
            ("unser Ärger", "Öl"),
            ("E-Mail", "Fußball"),
            ("Bücher", "der Schweiz"),
            ("Übungen", "Köln"),
            ("Kreditkarten", "Strom"),
            ("grüne Äpfel", "Gas"),
            ("Flüsse", "Weiß"),
            ("Kinder", "Schulen"),
            ("Ärzte", "Krankenhaus"),
            ("Zeit", "Geld"),
        ),
    ),
    "ru": (
        (
            "Кредитная карта и {0} не работают в {1}.",
            "Сколько {0} в России и {1}?",
            "«{0}» — это не просто {1}!",
            "Пишите на {0}@пример.рф или #{1}, пожалуйста…",
            "МОСКВА: {0}, {1} И ЁЛКА",
            "Кто-нибудь видел {0} где-то у {1}?",
        ),
        (
            ("дом", "городе"),
            ("ёлки", "Берлине"),
            ("мой брат", "школе"),
            ("подъезд", "объявление"),
            ("йод", "чай"),
            ("синий й", "море"),
            ("книги", "реке"),
            ("врач", "больнице"),
            ("время", "рынок"),
            ("вода", "погода"),
            ("люди", "дороге"),
        ),
    ),
    "ar": (
        (
            "ما هي {0} التي تعمل في {1}؟",
            "كم عدد {0} في الولايات المتحدة، {1}؟",
            "قال: «{0}» ليست {1}!",
            "اُكْتُبْ إلى {0} أو زُرْ https://example.org/{1} الآن.",
            "مُحَمَّدٌ و{0} في {1} ـ ٢٠٢٤",
            "\u200f{0}\u200f (English text) {1}\u200e.",
        ),
        (
            ("بطاقة الائتمان", "المدينة"),
            ("مُدَرِّسَة", "المدرسة"),
            ("مدرّسة", "البيت"),
            ("الكُتُب", "السوق"),
            ("آباء", "القاهرة"),
            ("أطفال", "النهر"),
            ("الماء", "المستشفى"),
            ("الوقت", "المال"),
            ("شَدَّة", "القرآن"),
            ("الطبيب", "اليوم"),
            ("ســـلام", "العالم"),
        ),
    ),
    "zh": (
        (
            "我的{0}在{1}不能用。",
            "美国有多少{0}和{1}？",
            "他说‘{0}’是{1}，不是吗！",
            "请访问https://example.org/{0}或者{1}。",
            "2024年，{0} and {1}的price是多少",
            "【{0}】“{1}”——人工智能",
        ),
        (
            ("信用卡", "北京"),
            ("医院", "健康保险"),
            ("学生", "学校"),
            ("电脑", "computer"),
            ("世界", "大城市"),
            ("水", "河"),
            ("时间", "金钱"),
            ("孩子们", "天气"),
            ("𠮷野家", "日本"),
            ("iPhone手机", "市场"),
            ("大学生", "白宫"),
        ),
    ),
}

SENTENCES = {
    language: [frame.format(*filling) for frame, filling in product(frames, fillings)]
    for language, (frames, fillings) in _FRAMES.items()
}
