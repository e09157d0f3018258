/**
 * The passwords that everybody tries first, in small letters without spaces: those of 12 and more characters, and the
 * short ones that people make longer with numbers and signs.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  123456789abc 123qweasdzxc 1a2b3c4d5e6f 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc a1b2c3d4e5f6 aa123456789
  abc123456789 abc123abc123 abcd1234abcd abcdefg12345 access accessaccess admin adminadminadmin administrator
  administrator1 administrator123 administratoradministrator administrators adminpassword america americaamerica
  angels angelsangels april arsenal arsenalarsenal asdfasdfasdf asdfghjkl asdfghjkl123 asdfghjklasdfghjkl ashley
  ashleyashley august augustaugust autumn autumnautumn babygirl babygirlbabygirl backtoschool banana bananabanana
  baseball baseball1234 baseballbaseball basketball basketballbasketball batman batmanandrobin batmanbatman
  bestfriends bestfriendsforever blackberries blessed blessedblessed blink182 blink182blink182 bonjour bonjourbonjour
  bostonredsox businessbusiness buster busterbuster butterflies butterfly butterfly123 butterflybutterfly california
  californiacalifornia changeit changeitchangeit changeme changemechangeme changemenow changemeplease changepassword
  changethispassword charlie charliecharlie cheese cheesecheese chelsea chelseachelsea chicago chicagobears
  chicagochicago chocolate chocolatecake chocolatechip chocolatechocolate christ christchrist christmastime classroom
  classroomclassroom colorado coloradocolorado companypassword computer computer1234 computercomputer cookie
  cookiecookie correcthorsebattery correcthorsebatterystaple corvette corvettecorvette cowboys cowboyscowboys dallas
  dallascowboys dallasdallas database databaseadmin databasedatabase december decemberdecember default defaultdefault
  defaultpassword denverbroncos district districtdistrict dragon dragon123456 dragondragon education
  educationeducation elementaryschool facebook facebookfacebook family familyfamily february februaryfebruary ferrari
  ferrariferrari firstdayofschool florida floridaflorida flower flowerflower football football1234 footballfootball
  forever foreverandever foreverforever freedom freedomfreedom friday fridayfriday friends friendsfriends
  gameofthrones godisgood godislove goodmorning goodnight google googlegoogle greenbaypackers hallo halloween2020
  happybirthday happynewyear harrypotter haveaniceday heaven heavenheaven hello helloworld helloworldhelloworld
  helpdesk helpdeskhelpdesk highschool homeroom homeroomadmin homeroomhomeroom homeroompassword homework
  homeworkhomework horsebatterystaple hunter hunterhunter ilovechocolate ilovejesus ilovemyfamily ilovemykids
  ilovemymom iloveschool iloveyou iloveyou1234 iloveyoubaby iloveyouforever iloveyouiloveyou iloveyousomuch
  imaginelearning internet internet1234 internetinternet inthenameofgod ironmanironman january januaryjanuary jennifer
  jenniferjennifer jessica jessicajessica jesus jesuschrist jesuschristjesuschrist jesusislord jesuslovesme jordan
  jordan232323 jordanjordan killer killerkiller lakers lakerslakers learning learninglearning letmein letmein12345
  letmeinletmein letmeinnow letmeinplease literacy literacyliteracy liverpool liverpoolfc liverpoolliverpool london
  londonlondon lordoftherings losangeles lovely lovelylovely loveyou loveyouloveyou manchester manchestermanchester
  manchesterunited march master mastermaster masterpassword maytheforcebewithyou mercedes mercedesmercedes
  merrychristmas michael michael12345 michaelmichael middleschool monday mondaymonday monkey monkey123456 monkeymonkey
  mustang mustangmustang mypasswordis mysecurepassword network networkadmin networknetwork neveragain nevergiveup
  newpassword newyork newyorknewyork newyorkyankees november novembernovember october octoberoctober oldpassword
  oneroster oneroster1234 onerosteroneroster opensesame opensesameplease orange orangeorange packers packerspackers
  paris passw0rd passw0rdpassw0rd password password1234 password12345 password123456 passwordpassword passwordqwerty
  passwords passwordspasswords passwort passwortpasswort patriots patriotspatriots pepper pepperpepper
  pittsburghsteelers pleasechangeme pokemon pokemonpokemon praisethelord princess princess1234 princessprincess
  principal principalprincipal purple purplepurple q1w2e3r4t5y6 qazwsxedcrfv qweasdzxc123 qwerty qwerty123456
  qwerty1234567 qwertyqwerty qwertyuiop qwertyuiop12 qwertyuiop123 qwertyuiopas qwertyuiopasdf qwertyuiopqwertyuiop
  reading readingreading realmadrid rootpassword roster rosterpassword rosterroster samsung samsung12345
  samsungsamsung sandiegocalifornia sanfrancisco saturday saturdaysaturday school schooldistrict schoolpassword
  schoolschool secret secretsecret secure securesecure security securitysecurity september septemberseptember server
  serverserver service serviceservice shadow shadowshadow spiderman spring springbreak springspring starwars
  starwarsfan starwarsstarwars steelers steelerssteelers strawberries strawberry student studentpassword students
  studentsstudents studentstudent summer summersummer summertime2020 summervacation sunday sundaysunday sunflowers
  sunshine sunshine1234 sunshinesunshine superman superman1234 supermansuperman superuser1234 supervisor123 support
  supportsupport sweetdreams system systemadmin systemadministrator systemsystem teacher teacherpassword teachers
  teachersteachers teacherteacher temporary temporarypassword temporarytemporary temppassword texas thanksgiving
  thankyouverymuch thisisapassword thisismypassword thursday thursdaythursday together togetherforever
  togethertogether trustno1 trustno1trustno1 tuesday tuesdaytuesday unitedstates unitedstatesofamerica valentinesday
  watermelon wednesday wednesdaywednesday welcome welcome12345 welcome123456 welcomehome welcometoschool
  welcometothejungle welcomewelcome whatever whateverwhatever whatsupdoc winter winterwinter winterwonderland yankees
  yankeesyankees yourpassword zaq12wsxcde3 zaq1xsw2cde3 zxcvbnmasdfghjkl
`
    .trim()
    .split(/\s+/),
);
