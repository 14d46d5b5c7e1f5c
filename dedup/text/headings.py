"""The lines that begin a block of other stories, as news sites call it in many languages."""

from __future__ import annotations

import re

HEADING = re.compile(
    r"(?:(?:you (?:may|might)(?: also)? (?:like|be interested in)|read (?:also|more|next)|see also|also read"
    r"|recommend(?:ed)?(?: (?:for you|reading|stories|articles))?|related(?: (?:stories|articles|news|posts|content))?"
    r"|(?:more|top|latest|popular|trending|other|recent)(?: \w+)?(?: (?:stories|news|articles|posts|headlines))"
    r"|(?:most )?(?:popular|read|viewed|shared)|trending(?: now)?|more from [\w .'’-]{1,40}|more on this"
    r"|don['’]t miss|what to read next|around the web|sponsored(?: content)?|promoted stories"
    r"|mehr zum thema|lesen sie auch|à lire aussi|lea también|leggi anche|leia também|lees ook|läs också|baca juga"
    r"|czytaj (?:też|także)|ilgili haberler|tin liên quan|xem thêm|σχετικά άρθρα|διαβάστε (?:επίσης|ακόμα)"
    r"|читайте (?:также|також)|(?:материалы )?по теме|похожие (?:новости|статьи|материалы)|рекомендуем"
    r"|اقر[أا] [أا]يضا[\u064b]?|(?:مواضيع|أخبار|مقالات) ذات صلة|قد يعجبك [أا]يضا[\u064b]?|الأكثر قراءة"
    r"|(?:اخبار|مطالب) مرتبط|بیشتر بخوانید|קראו גם|כתבות נוספות|עוד בנושא"
    r"|(?:यह|ये) भी पढ़ें|(?:संबंधित|सम्बंधित) (?:खबरें|समाचार)|관련 ?(?:기사|뉴스)|추천 ?(?:기사|뉴스)|많이 본 (?:기사|뉴스)"
    r"|(?:相关|相關)(?:阅读|新闻|报道|文章|推荐|閱讀|新聞|報導|報道)|(?:推荐|推薦|延伸)(?:阅读|閱讀)|热门(?:新闻|文章|推荐)"
    r"|猜你喜欢|为您推荐|関連(?:記事|ニュース)|おすすめ(?:の?記事)?|人気(?:記事|の記事)|あわせて読みたい"
    r"|(?:ข่าว|เรื่อง)(?:ที่เกี่ยวข้อง|แนะนำ)|อ่านเพิ่มเติม))\s*[:：.…]*",
    re.IGNORECASE,
)
# "More from", 40 characters of names, and a dozen dots or spaces.
MOST_CHARS = 64
