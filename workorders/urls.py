from django.urls import path, re_path

from workorders.views import board, cases, delivery, diagnosis, lines, offers, signing, workshop, writeup

app_name = "workorders"
urlpatterns = [
    path("", board.board, name="board"),
    path("gate", delivery.gate, name="gate"),
    path("cases", cases.cases, name="cases"),
    path("cases/<int:pk>", cases.case, name="case"),
    path("cases/<int:pk>/submit", cases.submit, name="submit_case"),
    path("cases/<int:pk>/answer", cases.answer, name="answer_case"),
    path("visit/<int:visit_pk>", board.of_visit, name="of_visit"),
    path("visit/<int:visit_pk>/begin", writeup.begin, name="begin"),
    path("visit/<int:visit_pk>/let-go", writeup.let_go, name="let_go"),
    re_path("^suggest/(?P<kind>operations|parts)$", writeup.suggest, name="suggest"),
    path("<int:pk>", board.order, name="order"),
    path("<int:pk>/labour", writeup.add_labour, name="add_labour"),
    path("<int:pk>/package/<int:package>", writeup.add_package, name="add_package"),
    path("<int:pk>/part", writeup.add_part, name="add_part"),
    re_path("^(?P<pk>[0-9]+)/(?P<kind>labour|part)/(?P<line>[0-9]+)/remove$", writeup.remove_line, name="remove_line"),
    path("<int:pk>/labour/<int:line>/answers/<int:complaint>", writeup.answer, name="answer"),
    re_path(
        "^(?P<pk>[0-9]+)/labour/(?P<line>[0-9]+)/(?P<act>fault|warranty|payer|decision|confirmed)$",
        lines.say_labour,
        name="say_labour",
    ),
    re_path(
        "^(?P<pk>[0-9]+)/part/(?P<line>[0-9]+)/(?P<act>payer|decision|confirmed)$", lines.say_part, name="say_part"
    ),
    path("<int:pk>/labour/<int:line>/diagnosis", diagnosis.examine, name="examine"),
    path("<int:pk>/labour/<int:line>/diagnosis/found", diagnosis.diagnose, name="diagnose"),
    path("<int:pk>/labour/<int:line>/diagnosis/price", diagnosis.quote, name="quote"),
    path("<int:pk>/labour/<int:line>/diagnosis/repair", diagnosis.repair, name="repair"),
    path("<int:pk>/labour/<int:line>/diagnosis/case", diagnosis.open_case, name="open_case"),
    re_path("^(?P<pk>[0-9]+)/offers/(?P<kind>advice|plan)/(?P<thing>[0-9]+)$", offers.offer, name="offer"),
    path("<int:pk>/confirmed", lines.confirm_all, name="confirm_all"),
    path("<int:pk>/head", signing.save_head, name="save_head"),
    path("<int:pk>/sign", signing.sign, name="sign"),
    path("<int:pk>/revise", signing.revise, name="revise"),
    path("<int:pk>/copies", signing.give_copies, name="give_copies"),
    path("<int:pk>/cancel", writeup.cancel, name="cancel"),
    path("<int:pk>/dispatch", workshop.dispatch, name="dispatch"),
    path("<int:pk>/recall", workshop.recall, name="recall"),
    path("<int:pk>/start", workshop.start, name="start"),
    path("<int:pk>/parts", workshop.issue_parts, name="issue_parts"),
    path("<int:pk>/parts/return", workshop.return_parts, name="return_parts"),
    path("<int:pk>/finish", workshop.finish, name="finish"),
    path("<int:pk>/inspect", workshop.inspect, name="inspect"),
    path("<int:pk>/hand-over", delivery.hand_over, name="hand_over"),
    path("<int:pk>/settle", delivery.settle, name="settle"),
    path("<int:pk>/pay", delivery.pay, name="pay"),
]
