"""How each language says the facts of an incident in the sentences of its explanation."""

from typing import Any, Final

Written = tuple[str, Any]  # A pattern, and what it says where it names no value.


def _facts(**by_language: list[Written]) -> dict[str, list[Written]]:
    return by_language


# Each fact that a sentence of the explanation tells.
SENTENCES: Final[dict[str, dict[str, list[Written]]]] = {
    "possible breach": _facts(
        en=[(r"a possible breach of condition <word> \(<duty>\)\.", None)],
        fr=[(r"un manquement possible à l’obligation <word> \(<duty>\)\.", None)],
        ru=[(r"возможное нарушение условия <word> \(<duty>\)\.", None)],
        kk=[(r"ықтимал бұзушылық: <word> шарты \(<duty>\)\.", None)],
    ),
    "silence of": _facts(
        en=[(r"not heard while condition <word> \(<duty>\) applied\.", None)],
        fr=[(r"aucun signe alors que l’obligation <word> \(<duty>\) s’appliquait\.", None)],
        ru=[(r"не было сигнала, когда действовало условие <word> \(<duty>\)\.", None)],
        kk=[(r"<word> шарты \(<duty>\) қолданылған кезде құрылғы(?:ңыз)?дан сигнал", None)],
    ),
    "withdrawn": _facts(
        en=[(r"was withdrawn on <moment>: later", None)],
        fr=[(r"a été retiré le <moment> :", None)],
        ru=[(r"извещение снято <moment>:", None)],
        kk=[(r"кері алынды \(<moment>\):", None)],
    ),
    "had to be": _facts(
        en=[(r"(?:You|The person) had to be <at> <window>\.", None)],
        fr=[(r"(?:Vous deviez|La personne devait) être <at> <window>\.", None)],
        ru=[(r"(?:Вы должны были|Лицо должно было) находиться <at> <window>\.", None)],
        kk=[(r"(?:Сіздің|Тұлғаның) <window> <at> болу(?:ыңыз|ы) керек еді\.", None)],
    ),
    "had to stay": _facts(
        en=[(r"(?:You|The person) had to stay inside “<place>” <window>\.", None)],
        fr=[(r"dev\w+ rester dans le périmètre « <place> » <window>\.", None)],
        ru=[(r"долж\w+ был\w оставаться в пределах места «<place>» <window>\.", None)],
        kk=[(r"(?:Сіздің|Тұлғаның) <window> «<place>» аумағында болу(?:ыңыз|ы) керек", None)],
    ),
    "had to keep out": _facts(
        en=[(r"(?:You|The person) had to keep out of “<place>” <window>\.", None)],
        fr=[(r"Le lieu « <place> » (?:vous )?était interdit (?:à la personne )?<window>\.", None)],
        ru=[(r"(?:Вам|Лицу) нельзя было находиться в месте «<place>» <window>\.", None)],
        kk=[(r"(?:Сізге|Тұлғаға) <window> «<place>» аумағында болуға болмайтын еді\.", None)],
    ),
    "appointment": _facts(
        en=[(r"(?:You|The person) had an appointment <at> <window>\.", None)],
        fr=[(r"(?:Vous aviez|La personne avait) rendez-vous <at> <window>\.", None)],
        ru=[(r"(?:Вам|Лицу) была назначена встреча <at> <window>\.", None)],
        kk=[(r"(?:Сізге|Тұлғаға) <window> <at> кездесу тағайындалған еді\.", None)],
    ),
    "applied": _facts(
        en=[(r"The condition applied <window>\.", None)],
        fr=[(r"Cette obligation s’appliquait <window>\.", None)],
        ru=[(r"Условие действовало <window>\.", None)],
        kk=[(r"Шарт <window> қолданылды\.", None)],
    ),
    "asked to stay": _facts(
        en=[(r"asked to stay for <length> in all\.", None)],
        fr=[(r"demandé (?:à la personne )?d’y rester <length> au total\.", None)],
        ru=[(r"пробыть там в общей сложности <length>\.", None)],
        kk=[(r"[Оо]нда барлығы <length> болу(?:ыңыз|ы) керек еді\.", None)],
    ),
    "was there": _facts(
        en=[(r"show \w+(?: device)? there for <length>\.", None), (r"No reading shows ", 0)],
        fr=[(r"y ét\w+ pendant <length>\.", None), (r"Aucun relevé ne montre que ", 0)],
        ru=[
            (r"По замерам, (?:Вы были|устройство было) там <length>\.", None),
            (r"Ни один замер не показывает", 0),
        ],
        kk=[
            (r"(?:Сіз|құрылғы) онда <length> болды(?:ңыз)?\.", None),
            (r"Бірде-бір өлшеу ", 0),
        ],
    ),
    "was away": _facts(
        en=[(r"seems to have been <away> <seen>\.", None)],
        fr=[(r"semble avoir été <away> <seen>\.", None)],
        ru=[(r"Похоже, (?:Ваше )?устройство было <away> <seen>\.", None)],
        kk=[(r"Құрылғы(?:ңыз)? <seen> <away> болған сияқты\.", None)],
    ),
    "was outside": _facts(
        en=[(r"seems to have been outside “<place>” <seen>\.", None)],
        fr=[(r"semble avoir été hors du périmètre « <place> » <seen>\.", None)],
        ru=[(r"устройство было за пределами места «<place>» <seen>\.", None)],
        kk=[(r"Құрылғы(?:ңыз)? <seen> «<place>» аумағынан тыс жерде болған сияқты\.", None)],
    ),
    "was inside": _facts(
        en=[(r"seems to have been inside “<place>” <seen>\.", None)],
        fr=[(r"semble avoir été dans le lieu « <place> » <seen>\.", None)],
        ru=[(r"устройство было в месте «<place>» <seen>\.", None)],
        kk=[(r"Құрылғы(?:ңыз)? <seen> «<place>» аумағында болған сияқты\.", None)],
    ),
    "nothing heard": _facts(
        en=[(r"Nothing (?:has been|was) heard from it <seen>\.", None)],
        fr=[(r"Il n’a donné aucun signe <seen>\.", None)],
        ru=[(r"От него (?:нет|не было) сигнала <seen>\.", None)],
        kk=[(r"Одан <seen> сигнал (?:жоқ|болмады)\.", None)],
    ),
    "told after": _facts(
        en=[(r"told after <length> of silence\.", None)],
        fr=[(r"prévenu après <length> de silence\.", None)],
        ru=[(r"сообщают, если сигнала нет <length>\.", None)],
        kk=[(r"Сигнал <length> болмаса, инспекторға", None)],
    ),
    "goes on": _facts(
        en=[(r"When this was written, it had not ended\.", True)],
        fr=[(r"Quand ce texte a été écrit, ce n’était pas terminé\.", True)],
        ru=[(r"Когда писался этот текст, это ещё не закончилось\.", True)],
        kk=[(r"Бұл мәтін жазылған кезде ол әлі аяқталмаған еді\.", True)],
    ),
    "ended with its time": _facts(
        en=[(r"The set time ended then, so nothing later is counted\.", True)],
        fr=[(r"La période fixée s’arrêtait alors ;", True)],
        ru=[(r"В этот момент установленное время закончилось,", True)],
        kk=[(r"Белгіленген уақыт сол кезде аяқталды,", True)],
    ),
    "used": _facts(
        en=[
            (r"<n> readings? of that time (?:was|were) used\.", None),
            (r"No reading of that time was used\.", 0),
        ],
        fr=[
            (r"<n> relevés? de cette période (?:a|ont) été utilisés?\.", None),
            (r"Aucun relevé de cette période n’a été utilisé\.", 0),
        ],
        ru=[
            (r"За это время использован[ыо]? <n> замер(?:а|ов)?\.", None),
            (r"За это время не использован ни один замер\.", 0),
        ],
        kk=[
            (r"Сол уақыттағы <n> өлшеу пайдаланылды\.", None),
            (r"Сол уақыттағы бірде-бір өлшеу пайдаланылмады\.", 0),
        ],
    ),
    "alone outside": _facts(
        en=[(r"<n> of them lies? outside", None), (r"none of them lies outside", 0)],
        fr=[(r"<n> d’entre eux (?:est|sont) hors", None), (r"aucun n’est hors de la", 0)],
        ru=[
            (r"за пределами границы леж[иа]т <n> из них\.", None),
            (r"ни один не лежит за пределами", 0),
        ],
        kk=[
            (r"шекарадан тыс жатқан өлшеу саны: <n>\.", None),
            (r"ешқайсысы шекарадан тыс емес", 0),
        ],
    ),
    "alone inside": _facts(
        en=[(r"<n> of them lies? inside", None), (r"none of them lies inside", 0)],
        fr=[
            (r"<n> d’entre eux (?:est|sont) à l’intérieur", None),
            (r"aucun n’est à l’intérieur de la", 0),
        ],
        ru=[(r"внутри границы леж[иа]т <n> из них\.", None), (r"ни один не лежит внутри", 0)],
        kk=[
            (r"шекараның ішінде жатқан өлшеу саны: <n>\.", None),
            (r"ешқайсысы шекараның ішінде емес", 0),
        ],
    ),
    "farthest": _facts(
        en=[(r"The farthest lies about <metres> (?:out|in)side\.", None)],
        fr=[(r"plus éloigné (?:de la limite )?est à environ <metres> à l’", None)],
        ru=[(r"Самый дальний лежит \w+, примерно на <metres> ", None)],
        kk=[(r"Ең алысы шекарадан шамамен <metres> ", None)],
    ),
    "radius": _facts(
        en=[(r"is usually <metres> or less\.", None), (r"did not say how exact these", 0)],
        fr=[(r"le plus souvent de <metres> ou moins\.", None), (r"pas indiqué la précision", 0)],
        ru=[(r"погрешности обычно <metres> или меньше\.", None), (r"не сообщило, насколько", 0)],
        kk=[(r"әдетте <metres> немесе одан аз\.", None), (r"дәл екенін айтпады\.", 0)],
    ),
    "chance outside": _facts(
        en=[(r"The chance that it was outside rose to <chance>\.", None)],
        fr=[(r"qu’il ait été à l’extérieur a atteint <chance>\.", None)],
        ru=[(r"вероятность того, что оно было снаружи: <chance>\.", None)],
        kk=[(r"шекарадан тыс болуының ең жоғары ықтималдығы: <chance>\.", None)],
    ),
    "chance inside": _facts(
        en=[(r"The chance that it was inside rose to <chance>\.", None)],
        fr=[(r"qu’il ait été à l’intérieur a atteint <chance>\.", None)],
        ru=[(r"вероятность того, что оно было внутри: <chance>\.", None)],
        kk=[(r"шекара ішінде болуының ең жоғары ықтималдығы: <chance>\.", None)],
    ),
    "together": _facts(
        en=[
            (r"<n> readings? \w+ [^.]*?counts? like <n> indep\w+ readings?: <weight>\.", None),
        ],
        fr=[
            (r"<n> relevés? à l’\w+ compt[^.]*? comme <n> relevés? indép\w+ : <weight>\.", None),
        ],
        ru=[
            (r"<n> замер\w* \w+ [^.]*?как <n> независ\w+ замер\w*: <weight>\.", None),
        ],
        kk=[(r"(?:Сырттағы|Іштегі) <n> өлшеу <n> тәуелсіз өлшеу деп есептеледі: <weight>\.", None)],
    ),
    "known before": _facts(
        en=[(r"What was known before(?: weighs|:) <weight>\.", None)],
        fr=[(r"Ce qui était connu avant (?:pèse|:) <weight>\.", None)],
        ru=[(r"(?:Вес того, ч|Ч)то было известно до этого: <weight>\.", None)],
        kk=[(r"Бұрын белгілі бол(?:ғанның салмағы —|ғаны:) <weight>\.", None)],
    ),
    "had come": _facts(
        en=[(r"The device had just come to the edge of the place: <weight>\.", None)],
        fr=[(r"L’appareil venait d’arriver au bord du lieu : <weight>\.", None)],
        ru=[(r"Устройство только что оказалось у края этого места: <weight>\.", None)],
        kk=[(r"Құрылғы осы орынның шетіне жаңа ғана келген еді: <weight>\.", None)],
    ),
    "had come back": _facts(
        en=[(r"The device had just come back to the place: <weight>\.", None)],
        fr=[(r"L’appareil venait de revenir dans le lieu : <weight>\.", None)],
        ru=[(r"Устройство только что вернулось на это место: <weight>\.", None)],
        kk=[(r"Құрылғы осы орынға жаңа ғана қайтып келген еді: <weight>\.", None)],
    ),
    "way": _facts(
        en=[(r"The way out was seen, from reading to reading: <weight>\.", None)],
        fr=[(r"La sortie s’est vue, de relevé en relevé : <weight>\.", None)],
        ru=[(r"Путь наружу виден от замера к замеру: <weight>\.", None)],
        kk=[(r"Сыртқа шығу жолы өлшеуден өлшеуге көрінді: <weight>\.", None)],
    ),
    "odds": _facts(
        en=[(r"the odds were <weight>\.", None)],
        fr=[(r"le rapport des chances était de <weight>\.", None)],
        ru=[(r"соотношение шансов было <weight>\.", None)],
        kk=[(r"мүмкіндіктер қатынасы <weight> болды\.", None)],
    ),
    "not counted": _facts(
        en=[(r"so part of this is not counted: <weight>\.", None)],
        fr=[(r"une part n’est donc pas comptée : <weight>\.", None)],
        ru=[(r"поэтому часть не учтена: <weight>\.", None)],
        kk=[(r"сондықтан бір бөлігі есептелмеді: <weight>\.", None)],
    ),
    "moving": _facts(
        en=[(r"also shows that the device was on its way\.", True), (r"Neither speed nor", False)],
        fr=[(r"montre aussi que l’appareil se déplaçait\.", True), (r"Ni la vitesse ni", False)],
        ru=[(r"тоже показывают, что устройство было в пути\.", True), (r"Ни скорость, ни", False)],
        kk=[
            (r"жол да құрылғының жолда болғанын көрсетеді\.", True),
            (r"құрылғының жолда болғанын көрсетпейді\.", False),
        ],
    ),
    "beacon not heard": _facts(
        en=[(r"The device did not hear the beacon at home in that time\.", True)],
        fr=[(r"L’appareil n’a pas capté la balise du domicile pendant ce temps\.", True)],
        ru=[(r"В это время устройство не принимало сигнал домашнего маяка\.", True)],
        kk=[(r"құрылғы үйдегі маяктың сигналын қабылдамады\.", True)],
    ),
    "opened": _facts(
        en=[(r"An officer could see this from <moment> on\.", None)],
        fr=[(r"pouvait le voir à partir du <moment>\.", None)],
        ru=[(r"Инспектор мог узнать об этом <moment> или позже\.", None)],
        kk=[(r"Инспектор мұны <moment> сәтінен бастап көре алды\.", None)],
    ),
    "stale": _facts(
        en=[(r"<n> readings? \w+ not used: \w+ arrived long after", None)],
        fr=[(r"<n> relevés? \S+ pas été utilisés? : \w+ \w+ arrivés? longtemps", None)],
        ru=[(r"<n> замер\w* не использован\w?: приш\w+ намного позже", None)],
        kk=[(r"<n> өлшеу пайдаланылмады: \w+ алынғаннан көп кейін", None)],
    ),
    "repeated": _facts(
        en=[(r"<n> readings? \w+ not used: \w+ repeats? (?:another|other)", None)],
        fr=[(r"<n> relevés? \S+ pas été utilisés? : ils? en répète", None)],
        ru=[(r"<n> замер\w* не использован\w?: повторя[ею]т друг", None)],
        kk=[(r"<n> өлшеу пайдаланылмады: \w+ басқа өлшеу", None)],
    ),
    "from the future": _facts(
        en=[(r"<n> readings? \w+ not used: \w+ arrived before", None)],
        fr=[(r"<n> relevés? \S+ pas été utilisés? : \w+ \w+ arrivés? avant", None)],
        ru=[(r"<n> замер\w* не использован\w?: приш\w+ раньше", None)],
        kk=[(r"<n> өлшеу пайдаланылмады: \w+ өз\w+ көрсетілген уақыттан", None)],
    ),
    "impossible": _facts(
        en=[(r"<n> readings? \w+ not used: what", None)],
        fr=[(r"<n> relevés? \S+ pas été utilisés? : ce qu", None)],
        ru=[(r"<n> замер\w* не использован\w?: данные", None)],
        kk=[(r"<n> өлшеу пайдаланылмады: \w+ дерек", None)],
    ),
    "only alive": _facts(
        en=[(r"<n> readings? \w+ not used: \w+ only repeat", None)],
        fr=[(r"<n> relevés? \S+ pas été utilisés? : ils? ne f", None)],
        ru=[(r"<n> замер\w* не использован\w?: только", None)],
        kk=[(r"<n> өлшеу пайдаланылмады: \w+ тек", None)],
    ),
    "absences": _facts(
        en=[
            (r"Authorised absences? <names> covers? part", None),
            (r"<n> authorised absences? covers? part", None),
        ],
        fr=[
            (r"L(?:’|es )absences? autorisées? <names> couvre", None),
            (r"<n> absences? autorisées? couvre", None),
        ],
        ru=[
            (r"Разрешённ\w+ отсутстви[ея] <names> охватыва", None),
            (r"<n> разрешённ\w+ отсутстви\w+ охватыва", None),
        ],
        kk=[
            (r"Рұқсат етілген болмау уақыт\w+ \(<names>\)", None),
            (r"Рұқсат етілген <n> болмау уақыт", None),
        ],
    ),
    "unsigned": _facts(
        en=[(r"The readings are not signed by the device", True)],
        fr=[(r"Les relevés ne sont pas signés par l’appareil", True)],
        ru=[(r"Замеры не подписаны устройством", True)],
        kk=[(r"Өлшеулерге құрылғы қол қоймаған", True)],
    ),
    "device said": _facts(
        en=[
            (r"its strap was open\.", "strap"), (r"battery was almost empty\.", "battery"),
            (r"battery was low and not charged\.", "charging"),
            (r"not allowed to find its position\.", "locating"),
            (r"said only roughly where it was\.", "approximate"),
            (r"it was being switched off\.", "switched_off"),
            (r"sent a call for help\.", "help"),
            (r"it was opened, cut or removed\.", "tampering"),
            (r"its power was cut\.", "power"),
        ],
        fr=[
            (r"sa sangle était ouverte\.", "strap"), (r"batterie était presque vide\.", "battery"),
            (r"était faible et n’était pas en charge\.", "charging"),
            (r"n’était pas autorisé à déterminer sa position\.", "locating"),
            (r"sa position que de façon approximative\.", "approximate"),
            (r"indiqué qu’on l’éteignait\.", "switched_off"),
            (r"a envoyé un appel à l’aide\.", "help"),
            (r"avait été ouvert, coupé ou retiré\.", "tampering"),
            (r"son alimentation avait été coupée\.", "power"),
        ],
        ru=[
            (r"сообщило, что ремешок расстёгнут\.", "strap"),
            (r"сообщило, что батарея почти села\.", "battery"),
            (r"заряд мал и зарядка не идёт\.", "charging"),
            (r"ему не разрешено определять своё местоположение\.", "locating"),
            (r"сообщало лишь примерно, где оно находится\.", "approximate"),
            (r"сообщило, что его выключают\.", "switched_off"),
            (r"отправило призыв о помощи\.", "help"),
            (r"его вскрыли, срезали или сняли\.", "tampering"),
            (r"у него отключили питание\.", "power"),
        ],
        kk=[
            (r"бауының ашық екенін хабарлады\.", "strap"),
            (r"батареясының таусылуға жақын екенін", "battery"),
            (r"заряды аз және зарядталмай тұрғанын", "charging"),
            (r"орнын анықтауға рұқсаты жоқ екенін", "locating"),
            (r"қайда екенін тек шамамен хабарлады", "approximate"),
            (r"өшіріліп жатқанын хабарлады\.", "switched_off"),
            (r"көмекке шақыру жіберді\.", "help"),
            (r"кесілгенін немесе шешілгенін", "tampering"),
            (r"қуатының ажыратылғанын", "power"),
        ],
    ),
    "began": _facts(
        en=[(r"It began on <moment>\.", None)],
        fr=[(r"Cela a commencé le <moment>\.", None)],
        ru=[(r"Это началось <moment>\.", None)],
        kk=[(r"Бұл <moment> сәтінде басталды\.", None)],
    ),
    "lasted": _facts(
        en=[(r"It lasted <length>\.", None), (r"It has not ended yet\.", -1)],
        fr=[(r"Cela a duré <length>\.", None), (r"Ce n’est pas encore terminé\.", -1)],
        ru=[(r"Это длилось <length>\.", None), (r"Это ещё не закончилось\.", -1)],
        kk=[(r"Бұл <length> созылды\.", None), (r"Бұл әлі аяқталған жоқ\.", -1)],
    ),
    "counted": _facts(
        en=[(r"That was <n> times? on that day, until <moment>\.", None)],
        fr=[(r"Ce jour-là, c’était <n> fois, jusqu’au <moment>\.", None)],
        ru=[(r"В тот день это было <n> раза?, до <moment>\.", None)],
        kk=[(r"Сол күні бұл <n> рет, <moment> сәтіне дейін болды\.", None)],
    ),
    "in all": _facts(
        en=[(r"It lasted <length> in all\.", None)],
        fr=[(r"Cela a duré <length> en tout\.", None)],
        ru=[(r"Всего это длилось <length>\.", None)],
        kk=[(r"Барлығы <length> созылды\.", None)],
    ),
}  # fmt: skip
