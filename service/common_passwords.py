"""Passwords that are tried first because so many people have them.

Source: `django/contrib/auth/common-passwords.txt.gz` of Django 5.2 (BSD-3-Clause; from a list by Royce Williams): of
its first 420 those of six characters and more, and of all 20,000 those that are as long as a password here has to be;
without coarse words and what looks like one person's own. They come in pairs, runs and with digits, so they count
wherever they stand in a password.
"""

from typing import Final

_LIST: Final = """
!ab#cd$ 000000 00000000 0000000000 010203 0123456 0123456789 0987654321 101010 102030 111111 1111111 11111111
1111111111 111111111111111 111222 112233 11223344 121212 123123 123123123 123321 12341234 12344321 1234554321 123456
1234561 1234567 12345678 123456789 1234567890 12345678900987654321 12345678901234567890 1234567890987654321
1234567890qwertyuiop 1234567891 12345678910 123456789101112 123456789123456 1234567891234567 123456789123456789
12345678987654321 123456789987654321 123456789a 123456789qwerty 1234567a 123456a 123456q 12345a 12345q 12345qwert
1234qwer 123654 123654789 123789 123abc 123qwe 123qweasd 12qwaszx 131313 142536 147258 147258369 147852 147852369
159357 159753 1g2w3e4r 1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx
1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw2 212121 222222 232323 252525 290966 29rsavoy 333333 3rjs1la7qe 444444 456123
456789 50cent 5201314 555555 654321 666666 696969 741852963 777777 7777777 789456 789456123 87654321 888888 88888888
987654 987654321 999999 999999999 a12345 a123456 a123456789 a1b2c3 a838hfid aaaaaa abc123 abcd1234 abcdef abcdefg
adidas alexander alexis amanda amanda1 america america1 andrea andrew andrew1 angel1 angela angels anthony anthony1
antonio arsenal asd123 asdasd asdasd5 asdf1234 asdfasdf asdfgh asdfghjkl ashley ashley1 austin azerty babygirl
babygirl1 bailey banana bandit barcelona baseball baseball1 basketball batman benjamin blink182 brandon brandon1
bubbles buddy1 buster butterfly butterfly1 carlos charlie charlie1 cheese chelsea chelsea1 chicken chicken1
chocolate chocolate1 chris1 christian cjmasterinf computer computer1 cookie cookie1 daniel daniel1 danielle destiny
diamond diosesfiel dpbk1234 dragon dragon1 elizabeth eminem family ferrari flower football football1 forever freedom
freedom1 friends fuk19600 gabriel george ghbdtn ginger golfer google gwerty gwerty123 hannah hannah1 happy1 harley
hello1 hello123 hockey hottie1 hunter hunter1 iloveu iloveyou iloveyou1 iloveyou2 internet jackson james1 jasmine
jasmine1 jennifer jessica jessica1 jesus1 jonathan jordan jordan1 jordan23 joseph joshua junior justin justin1
juventus kartoffelpuffer killer killer1 lauren letmein linkedin liverpool liverpool1 lol123 london love12 love123
lovely loveme loveme1 lovers loveyou lucky1 madison maggie manchesterunited marina martin master matrix matthew
matthew1 melissa mercedes metallica michael michael1 michelle michelle1 mickey migrationschool million2 mommy1
money1 monica monkey monkey1 monster morgan mother mustang mylove myspace myspace1 naruto natasha nathan
neworleans12345 nicholas nicole nicole1 nikita nirvana number1 oliver orange pakistan parola passw0rd password
password1 password12 password2 patrick pe#5gz29ptzmse peanut pepper pokemon pokemon1 prince princess princess1
purple purple1 q1w2e3 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 q1w2e3r4t5y6u7i8o9p0 qazwsx qazwsxedc qazwsxedcrfvtgb qazxsw
qqqqqq qwaszx qwe123 qweasd qweasdzxc qweqwe qwer1234 qwerty qwerty1 qwerty12 qwerty123 qwerty12345 qwerty123456789
qwertyu qwertyuiop rachel rainbow red123 richard robert robert1 samantha samsung samuel sandra school scooter secret
shadow shadow1 silver slipknot snoopy soccer soccer1 sojdlg123aljg sophie spiderman starwars status stella steven
summer sunshine sunshine1 superman superman1 taylor thomas tigger tinkerbell trustno1 tudelft u38fa39 vanessa
victoria vqsablpzla wall.e welcome welcome1 whatever william william1 xbox360 xxxxxx yellow yuantuo2012 zag12wsx
zaq12wsx zxcvbn zxcvbnm zzzzzz
"""

COMMON_PASSWORDS: Final = frozenset(_LIST.split())

_OURS: Final = frozenset({"safereturn", "safe-return", "trafficking", "hotline", "cambodia", "12345", "administrator"})
_EASY: Final = sorted(COMMON_PASSWORDS | _OURS, key=len, reverse=True)
_FIGURES_AS_LETTERS: Final = str.maketrans("@$0134", "asoiea")

LEAST_LEFT: Final = 5
"""Different characters that a password has besides what is tried first."""


def is_easy(password: str, username: str) -> bool:
    """Whether a password is made of what is tried first: the user name, the register's words, the most used passwords.

    They are found in any case, with signs between them, and with @ for a and 0 for o.
    """
    folded = password.casefold()
    letters = "".join(filter(str.isalnum, folded.translate(_FIGURES_AS_LETTERS)))
    rest = _without_easy(letters, username)
    if rest != letters and len(set(rest)) < LEAST_LEFT:
        return True
    return len(set(_without_easy(folded, username))) < LEAST_LEFT


def _without_easy(text: str, username: str) -> str:
    for easy in (username, *_EASY):
        text = text.replace(easy, "")
    return text
