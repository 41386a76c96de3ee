/* The built-in English terms; weights as in lexicon_zh_data.c.  "_" is a space. */
#include "filters/lexicon.h"

const struct lexicon_row lexicon_en[] = {
    {LEX_PORNOGRAPHY, 1,
     "pornography pornographic orgasm orgasms masturbation masturbating masturbate oral_sex "
     "incest vibrator ejaculation prostitutes brothel"},
    {LEX_PORNOGRAPHY, 2, "porn porno boobs anal_sex bdsm sex_tape sex_toys nsfw erotica nudes"},
    {LEX_PORNOGRAPHY, 3,
     "tits teen_sex dildo dildos hentai slut horny child_porn naked_women nude_photos "
     "nude_pics sexting pussy milf"},
    {LEX_PORNOGRAPHY, 4,
     "sluts pornhub xvideos xhamster blowjob blowjobs blow_job handjob handjobs creampie "
     "fisting nude_girls naked_girls camgirl camgirls escort_service escort_services "
     "call_girls erotic_massage adult_dating hot_babes hot_chicks porn_star porn_stars "
     "cock_sucking titty"},
    {LEX_PORNOGRAPHY, 5,
     "xxx_video xxx_videos xxx_movies hardcore_porn gangbang deepthroat milfs sex_chat "
     "live_sex webcam_girls upskirt shemale shemales porn_videos adult_videos pussies "
     "wet_pussy sex_videos hardcore_sex that_pussy her_pussy my_pussy your_pussy good_pussy "
     "some_pussy eat_pussy eating_pussy eat_the_pussy my_dick suck_my_dick suck_dick "
     "sucking_dick"},
    {LEX_PORNOGRAPHY, 6,
     "free_porn teen_porn cumshot cumshots sex_cams big_tits big_cock hard_cock huge_cock "
     "bukkake free_sex_videos gay_porn lesbian_porn porn_sites porn_tube xxx_porn cum_in_my "
     "fuck_my_pussy"},

    {LEX_GAMBLING, 1, "gambling casino casinos blackjack roulette jackpot bookmaker bookmakers"},
    {LEX_GAMBLING, 2, "slot_machines texas_holdem place_your_bets video_poker betting_odds"},
    {LEX_GAMBLING, 3, "online_poker sports_betting sportsbook casino_games online_gambling"},
    {LEX_GAMBLING, 4,
     "online_casino online_casinos betting_site betting_sites live_dealer "
     "play_for_real_money gambling_sites casino_online poker_room free_spins "
     "casino_games_online play_casino internet_casino virtual_casino"},
    {LEX_GAMBLING, 5,
     "casino_bonus casino_bonuses online_slots welcome_bonus_casino real_money_casino "
     "online_betting_site slot_gacor judi_online free_casino casino_no_deposit"},
    {LEX_GAMBLING, 6, "no_deposit_bonus no_deposit_casino best_online_casino situs_judi"},

    {LEX_DRUGS, 1, "cocaine heroin crystal_meth methamphetamine drug_dealer drug_dealers"},
    {LEX_DRUGS, 3, "ecstasy_pills without_prescription no_prescription_needed lsd_tabs"},
    {LEX_DRUGS, 4, "buy_weed weed_online lsd_for_sale drugs_for_sale legal_highs_for_sale"},
    {LEX_DRUGS, 6,
     "buy_cocaine buy_weed_online weed_for_sale buy_mdma meth_for_sale how_to_cook_meth "
     "buy_lsd fentanyl_for_sale buy_xanax buy_adderall buy_oxycodone ketamine_for_sale "
     "buy_heroin cocaine_for_sale mdma_for_sale buy_meth buy_ketamine"},

    {LEX_VIOLENCE, 1, "pipe_bomb ghost_gun school_shooting mass_shooting terrorist_attack"},
    {LEX_VIOLENCE, 3, "guns_for_sale kill_them_all"},
    {LEX_VIOLENCE, 4, "build_a_bomb untraceable_gun untraceable_guns gore_videos torture_videos"},
    {LEX_VIOLENCE, 5, "buy_guns_online beheading_video beheading_videos gore_video bomb_recipe"},
    {LEX_VIOLENCE, 6, "how_to_make_a_bomb how_to_build_a_bomb hire_a_hitman hitman_for_hire"},

    {LEX_FRAUD, 1,
     "click_here unsubscribe wire_transfer risk_free dear_friend free_trial bad_credit "
     "mortgage_rates special_offer remove_me special_offers limited_time opt_in dear_sir "
     "please_click_here free_shipping money_back low_price lowest_price no_cost your_free "
     "visit_our_website fill_out_the_form reply_to_this_email your_assistance of_nigeria "
     "the_sum_of our_marketing retail_value herbal credit_card_debt financial_independence "
     "free_quote free_gift free_sample satisfaction_guaranteed this_transaction "
     "security_company from_your_home be_removed_from removed_from_this"},
    {LEX_FRAUD, 2,
     "viagra cialis levitra work_from_home get_rich_quick act_now money_back_guarantee "
     "no_obligation lowest_rates consolidate_debt multi_level_marketing "
     "mailing_list_removal home_based_business absolutely_free financial_freedom order_now "
     "toll_free no_risk opted_in for_removal unsolicited_email unsolicited_emails "
     "this_mailing_list next_of_kin beneficiary transfer_of_funds work_at_home own_boss mlm "
     "not_wish_to_receive wish_to_receive_future our_mailing earn_extra extra_cash "
     "free_report free_membership lose_weight diet_pills no_prescription "
     "term_life_insurance opt_in_list risk_free_trial money-back_guarantee toner_cartridges "
     "low_mortgage mortgage_quote refinance_your double_your hidden_income stock_pick "
     "to_be_removed_from receive_this_email remove_yourself"},
    {LEX_FRAUD, 3,
     "limited_time_offer payday_loan payday_loans lottery_winner debt_consolidation "
     "extra_income be_your_own_boss free_money cable_descrambler refinance_now "
     "herbal_viagra do_not_wish_to_receive email_in_error click_here_to_order "
     "to_unsubscribe_click receiving_this_email this_email_because special_low_price "
     "yours_for_only united_states_dollars confidential_business urgent_assistance "
     "foreign_account transfer_the_money business_proposal strictly_confidential "
     "wish_to_be_removed unsolicited_commercial removal_instructions this_is_a_one_time "
     "one-time_mailing you_were_selected dear_homeowner dear_internet_user"},
    {LEX_FRAUD, 4,
     "earn_money_online you_have_won weight_loss_pills university_diplomas "
     "essay_writing_service write_my_essay guaranteed_approval bulk_email bulk_emails "
     "online_pharmacy email_addresses_for_sale million_email_addresses earn_thousands "
     "you_have_opted_in remove_in_the_subject our_mailings further_mailings "
     "removed_from_our address_was_obtained opt_in_email_list condone_spam do_not_condone "
     "kindly_assist million_united_states overinvoiced over-invoiced deceased_customer "
     "late_head_of_state unclaimed_funds email_marketing_software million_emails "
     "bulk_mailing blast_your_ad"},
    {LEX_FRAUD, 5,
     "make_money_fast claim_your_prize replica_watches fake_diploma buy_followers "
     "this_is_not_spam canadian_pharmacy removed_from_our_mailing_list "
     "removed_from_future_mailings bulk_friendly_hosting university_diploma_program "
     "obtained_from_an_opt does_not_condone_spam section_301 bill_s.1618 s.1618"},
    {LEX_FRAUD, 6,
     "buy_viagra cheap_viagra penis_enlargement enlarge_your_penis rolex_replica "
     "replica_rolex buy_cialis viagra_online cialis_online"},

    {LEX_HATE, 1,
     "bastard redneck fucked queer shit damn_you ass dyke dykes stupid dumb ugly disgusting "
     "filthy trash dirty savages inferior nasty idiots morons losers bitchy crap damn"},
    {LEX_HATE, 2,
     "fuck fucking coon retard retarded no_homo hoe white_power sieg_heil scum vermin "
     "fuckin stfu bullshit imbecile moron idiot pathetic motherfucking"},
    {LEX_HATE, 3,
     "chink coons thot whore whores heil_hitler subhuman wanker asshole assholes lesbo "
     "golliwog halfbreed ho_ass trash_ass mongoloid"},
    {LEX_HATE, 4,
     "fag retards motherfucker motherfuckers fuck_you dickhead twat thots kys paki chinks "
     "pickaninny slant_eye bitchy_ass hoeass fucker cocksucker nig"},
    {LEX_HATE, 5,
     "cunt cunts tranny trannies spic gook gooks beaner beaners kill_yourself pakis "
     "bitch_ass dumb_bitch stupid_bitch nigga_ass fuck_yourself ass_bitch dumbass_bitch "
     "bitch bitches hoes white_trash nigga niggas niggah niggahs nigguh nigguhs nicca "
     "niccas nigs fags faggy a_retard you_retard fucking_retard fucking_retarded dumb_hoe "
     "broke_hoe you_a_hoe she_a_hoe yo_hoe side_hoe booty_hoe lil_hoe stupid_hoe this_hoe "
     "that_hoe being_a_hoe be_a_hoe hoe_ass like_a_hoe you_pussy such_a_pussy being_a_pussy "
     "pussy_ass fucking_pussy dyke_ass fucking_queer fucking_idiot fucking_moron fuck_her "
     "go_kill_yourself kill_all_muslims kill_all_jews dirty_jew filthy_jew dirty_jews "
     "go_back_to_africa shitskin shitskins coon_ass cuck cucks feminazi feminazis thot_ass"},
    {LEX_HATE, 6,
     "nigger niggers faggot faggots kike kikes spics wetback wetbacks raghead ragheads "
     "towelhead towelheads sand_nigger gas_the_jews jigaboo porch_monkey mudshark "
     "zipperhead jungle_bunny these_hoes bitches_be bitches_ain't bitch_nigga "
     "dumb_ass_bitch"},

    {LEX_SELF_HARM, 1, "suicide suicidal self_harm cutting_myself"},
    {LEX_SELF_HARM, 3, "want_to_die how_to_kill_myself going_to_kill_myself"},
    {LEX_SELF_HARM, 5, "painless_suicide suicide_methods pro_ana thinspo suicide_pact"},
    {LEX_SELF_HARM, 6, "how_to_commit_suicide easiest_way_to_die best_way_to_kill_yourself"},
    {0},
};
